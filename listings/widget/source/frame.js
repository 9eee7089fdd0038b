/* In the frame: tells the page around it how high the block is, and counts as the component does. */
(() => {
  "use strict";
  const measure = () => {
    const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
    parent.postMessage({ type: "used-cars-height", height }, "*");
  };
  new ResizeObserver(measure).observe(document.documentElement);
  const block = document.querySelector(".used-cars");
  if (!block) return;
  const counts = { placement: block.dataset.placement || "", views: 0, clicks: 0, alls: 0 };
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
    watcher.disconnect();
  }).observe(block);
  for (const kind of ["click", "auxclick"]) {
    block.addEventListener(kind, (event) => {
      const link = event.target.closest("a:not(.uc-ask)");
      if (link && event.button < 2) counts[link.classList.contains("uc-all") ? "alls" : "clicks"] += 1;
    });
  }
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && tell());
  addEventListener("pagehide", tell);
})();
