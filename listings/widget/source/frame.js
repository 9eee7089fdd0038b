/* In the frame: tells the page around it how high the block is, and counts as the component does.
   What readers do is told to the origin that the address names, and to no other. */
(() => {
  "use strict";
  const page = document.documentElement;
  const { origin, sent } = page.dataset;
  const measure = () => {
    const height = Math.ceil(page.getBoundingClientRect().height);
    parent.postMessage({ type: "used-cars-height", height }, origin || "*");
  };
  new ResizeObserver(measure).observe(page);
  measure();
  const block = document.querySelector(".used-cars");
  const { placement = "" } = (block || page).dataset;
  const say = (what, detail) => {
    if (origin) parent.postMessage({ type: `used-cars-${what}`, placement, ...detail }, origin);
  };
  if (sent) say("enquiry", { id: Number(sent) });
  if (!block) return;
  const ids = [...block.querySelectorAll("[data-id]")].map((each) => Number(each.dataset.id));
  const counts = { placement, views: 0, clicks: 0, alls: 0 };
  const around = document.referrer ? { site: new URL(document.referrer).origin } : {};
  const tell = () => {
    if (!(counts.views || counts.clicks || counts.alls)) return;
    const body = JSON.stringify({ placements: [counts], ...around });
    navigator.sendBeacon("/api/v1/widget/events/", body);
    Object.assign(counts, { views: 0, clicks: 0, alls: 0 });
  };
  new IntersectionObserver((seen, watcher) => {
    if (!seen.some((each) => each.isIntersecting)) return;
    counts.views = 1;
    say("view", { ids });
    watcher.disconnect();
  }).observe(block);
  for (const kind of ["click", "auxclick"]) {
    block.addEventListener(kind, (event) => {
      const link = event.target.closest("a:not(.uc-ask)");
      if (!link || event.button > 1) return;
      const isAll = link.classList.contains("uc-all");
      counts[isAll ? "alls" : "clicks"] += 1;
      const id = isAll ? null : Number(link.closest("[data-id]").dataset.id);
      say("click", { id, position: isAll ? null : ids.indexOf(id) + 1 });
    });
  }
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && tell());
  addEventListener("pagehide", tell);
})();
