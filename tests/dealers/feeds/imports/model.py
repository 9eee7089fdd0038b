"""What a dealer's stock must be after each file, in plain Python: no sets, no SQL, no batches."""

import copy
from dataclasses import dataclass, field

BAD = "2060"


@dataclass(frozen=True)
class Cells:
    """A row of a file; an empty text is a blank cell."""

    stock_ref: str = ""
    vrm: str = ""
    price: str = "9000"
    mileage: str = "40000"
    year: str = "2015"

    @property
    def key(self) -> str:
        if self.stock_ref:
            return f"id:{self.stock_ref}"
        return f"vrm:{self.vrm}" if self.vrm else ""


@dataclass
class Advert:
    number: int
    stock_ref: str | None
    vrm: str | None
    price: int | None
    mileage: int
    status: str = "live"
    is_locked: bool = False
    is_unlocked: bool = False


@dataclass
class Memory:
    advert: Advert
    row: Cells
    is_absent: bool = False
    is_gone: bool = False


@dataclass
class Entry:
    """A row on its way; `advert` is the car that it turns out to be."""

    number: int
    row: Cells
    is_seen: bool = False
    advert: Advert | None = None
    memory: Memory | None = None
    outcome: str = ""

    @property
    def vrm(self) -> str | None:
        return (self.advert.vrm if self.is_seen and self.advert else self.row.vrm) or None


@dataclass
class Stock:
    """A dealer with one feed of the whole stock."""

    clears_blanks: bool = False
    adverts: list[Advert] = field(default_factory=list)
    memory: dict[str, Memory] = field(default_factory=dict)
    cars_before: int | None = None

    def receive(self, rows: list[Cells], *, is_approved: bool) -> tuple[str, dict[str, int]]:
        """Apply a file; return the state of the run and how often there was each outcome."""
        entries = [self._entry(number, row) for number, row in enumerate(rows)]
        self._drop_repeated(entries, lambda e: e.row.key)
        self._match_marks(entries)
        self._drop_repeated(entries, lambda e: id(e.advert) if e.advert else None)
        self._drop_repeated(entries, lambda e: e.vrm)
        self._inherit(entries)
        self._match_rejected(entries)
        for entry in entries:
            if not entry.outcome and not entry.is_seen and not entry.advert:
                entry.outcome = "" if entry.row.mileage else "rejected"
        absent = self._absent(entries)
        cars = sum(not entry.outcome for entry in entries)
        if self._brake(cars, absent) and not is_approved:
            return "held", {}
        self.cars_before = cars
        open_entries = [entry for entry in entries if not entry.outcome and not entry.is_seen]
        self._write_known([entry for entry in open_entries if entry.advert])
        for entry in [entry for entry in open_entries if not entry.advert]:
            self._create(entry)
        for entry in entries:
            self._confirm(entry)
            if entry.outcome == "rejected" and entry.memory:
                entry.memory.is_absent = False
        outcomes = [entry.outcome for entry in entries]
        outcomes += [self._lack(memory, is_approved=is_approved) for memory in absent]
        return "done", {name: outcomes.count(name) for name in set(outcomes) - {""}}

    def _entry(self, number: int, row: Cells) -> Entry:
        for memory in self.memory.values():
            if memory.row == row and not memory.is_gone and not memory.advert.is_unlocked:
                return Entry(number, row, is_seen=True, advert=memory.advert, memory=memory)
        known = self.memory.get(row.key)
        outcome = "rejected" if not row.key or row.year == BAD else ""
        advert = known.advert if known else None
        return Entry(number, row, advert=advert, memory=known, outcome=outcome)

    def _match_marks(self, entries: list[Entry]) -> None:
        known = [entry for entry in entries if entry.memory and not entry.is_seen]
        moved = [
            (entry.advert, entry.row.vrm) for entry in known if not entry.outcome and entry.row.vrm
        ]
        for entry in entries:
            if entry.advert or entry.outcome or not entry.row.vrm:
                continue
            found = [
                advert
                for advert in self.adverts
                if advert.vrm == entry.row.vrm
                and not any(other is advert and vrm != entry.row.vrm for other, vrm in moved)
            ]
            rank = {"live": 2, "sold": 0}
            found.sort(key=lambda advert: (rank.get(advert.status, 1), advert.number))
            if found:
                entry.advert = found[-1]
                entry.memory = next(
                    (m for m in self.memory.values() if m.advert is entry.advert), None
                )

    def _drop_repeated(self, entries: list[Entry], name_of) -> None:  # type: ignore[no-untyped-def]  # a key of any kind
        last: dict[object, Entry] = {}
        for entry in entries:
            name = name_of(entry)
            if entry.outcome or not name:
                continue
            if name in last:
                last[name].outcome = "duplicate"
            last[name] = entry

    def _inherit(self, entries: list[Entry]) -> None:
        for entry in entries:
            if entry.outcome or entry.advert:
                continue
            for other in entries:
                same = other.outcome == "duplicate" and not other.is_seen and other.advert
                if same and entry.row.vrm and other.row.vrm == entry.row.vrm:
                    entry.advert, entry.memory = other.advert, other.memory

    def _match_rejected(self, entries: list[Entry]) -> None:
        rank = {"live": 2, "sold": 0}
        for entry in entries:
            if entry.outcome != "rejected" or entry.memory or not entry.row.vrm:
                continue
            there = [m for m in self.memory.values() if not m.is_gone]
            found = [m for m in there if m.advert.vrm == entry.row.vrm]
            found.sort(key=lambda m: (rank.get(m.advert.status, 1), m.advert.number))
            entry.memory = found[-1] if found else None

    def _absent(self, entries: list[Entry]) -> list[Memory]:
        there = {id(entry.memory) for entry in entries if entry.memory}
        return [m for m in self.memory.values() if not m.is_gone and id(m) not in there]

    def _brake(self, cars: int, absent: list[Memory]) -> bool:
        if not cars or (self.cars_before and cars < self.cars_before / 2):
            return True
        live = sum(m.advert.status == "live" and not m.is_gone for m in self.memory.values())
        new = sum(m.advert.status == "live" and not m.is_absent for m in absent)
        due = sum(m.advert.status == "live" and m.is_absent for m in absent)
        return max(new, due) >= 10 and max(new, due) > live * 0.2

    def _write_known(self, entries: list[Entry]) -> None:
        """Write all at once; where two live adverts would share a mark, in halves."""
        if not entries:
            return
        trial, tried = copy.deepcopy((self, entries))
        trial._write_all(tried)
        if trial._is_sound():
            self._write_all(entries)
            return
        if len(entries) == 1:
            entries[0].outcome = "rejected"
            return
        half = len(entries) // 2
        self._write_known(entries[:half])
        self._write_known(entries[half:])

    def _is_sound(self) -> bool:
        marks = [advert.vrm for advert in self.adverts if advert.status == "live" and advert.vrm]
        return len(marks) == len(set(marks))

    def _write_all(self, entries: list[Entry]) -> None:
        refs = {advert.stock_ref: advert for advert in self.adverts}
        for entry in entries:
            advert, row = entry.advert, entry.row
            assert advert is not None
            is_back = entry.memory is not None and entry.memory.is_gone
            if advert.status == "sold" and not is_back:
                entry.outcome = "held"
                continue
            before = copy.copy(advert)
            advert.vrm = row.vrm or advert.vrm
            advert.mileage = int(row.mileage) if row.mileage else advert.mileage
            if row.stock_ref and refs.get(row.stock_ref, advert) is advert:
                advert.stock_ref = row.stock_ref
            if not advert.is_locked and (row.price or self.clears_blanks):
                advert.price = int(row.price) if row.price else None
            entry.outcome = "unchanged" if advert == before else "updated"
        for entry in entries:
            self._stand(entry)

    def _stand(self, entry: Entry) -> None:
        advert = entry.advert
        assert advert is not None
        is_back = entry.memory is not None and entry.memory.is_gone
        stays_gone = False
        if entry.outcome != "held":
            if is_back and advert.status in ("withdrawn", "sold"):
                stays_gone = not self._publish(advert)
                entry.outcome = entry.outcome if stays_gone else "revived"
            elif advert.status == "draft" and self._publish(advert):
                entry.outcome = "updated"
        self._remember(entry, advert, stays_gone=stays_gone)

    def _publish(self, advert: Advert) -> bool:
        for other in self.adverts:
            same_mark = advert.vrm is not None and other.vrm == advert.vrm
            if other is not advert and other.status == "live" and same_mark:
                return False
        advert.status = "live"
        return True

    def _create(self, entry: Entry) -> None:
        row = entry.row
        refs = {advert.stock_ref for advert in self.adverts}
        price = int(row.price) if row.price else None
        advert = Advert(
            number=len(self.adverts),
            stock_ref=row.stock_ref if row.stock_ref and row.stock_ref not in refs else None,
            vrm=row.vrm or None,
            price=price,
            mileage=int(row.mileage),
            status="draft",
        )
        self.adverts.append(advert)
        self._publish(advert)
        entry.outcome = "created"
        self._remember(entry, advert)

    def _remember(self, entry: Entry, advert: Advert, *, stays_gone: bool = False) -> None:
        for key in [key for key, memory in self.memory.items() if memory.advert is advert]:
            del self.memory[key]
        self.memory[entry.row.key] = Memory(advert, entry.row, is_gone=stays_gone)
        advert.is_unlocked = False

    def _confirm(self, entry: Entry) -> None:
        if not entry.is_seen or not entry.memory or not entry.advert:
            return
        entry.memory.is_absent = False
        is_published = entry.advert.status == "draft" and self._publish(entry.advert)
        if not entry.outcome:
            entry.outcome = "updated" if is_published else "unchanged"

    def _lack(self, memory: Memory, *, is_approved: bool) -> str:
        advert = memory.advert
        is_live = advert.status == "live"
        if not (is_approved or memory.is_absent):
            memory.is_absent = True
            return "held" if is_live else ""
        memory.is_gone = True
        if is_live:
            advert.status = "withdrawn"
        return "withdrawn" if is_live else ""
