"""What a way through the pages costs a person: each click and each field filled is counted."""

from playwright.sync_api import FilePayload, Locator, Page

Target = str | Locator  # a selector, or what was found by its role and name


class Journey:
    """A person on the way from the page that is open; every step goes through here.

    `clicks` counts clicks and taps, also the one that opens a chooser of files; `fields` counts
    what is typed into or chosen from. Keys are not counted: they are pressed where one types.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0
        self.fields = 0

    def click(self, target: Target) -> None:
        self._find(target).click()
        self.clicks += 1

    def fill(self, target: Target, text: str) -> None:
        """Type into a field and leave it, as a person does who goes on to the next."""
        field = self._find(target)
        field.fill(text)
        field.blur()
        self.fields += 1

    def choose(self, target: Target, value: str) -> None:
        """Choose one of a field's options by its value."""
        self._find(target).select_option(value)
        self.fields += 1

    def add_files(self, target: Target, files: list[FilePayload]) -> None:
        """Click what opens the chooser of files, and choose these in it."""
        with self.page.expect_file_chooser() as opened:
            self.click(target)
        opened.value.set_files(files)

    def open_menu_entry(self, name: str) -> None:
        """Choose a line of the menu, which a phone has behind a button."""
        entry = self.page.locator("#nav-sidebar").get_by_role("link", name=name, exact=True)
        if not entry.is_visible():
            self.click("#menu-opener")
        href = entry.get_attribute("href") or ""
        self.click(entry)
        self.page.wait_for_url(lambda url: url.endswith(href))

    def _find(self, target: Target) -> Locator:
        return self.page.locator(target) if isinstance(target, str) else target
