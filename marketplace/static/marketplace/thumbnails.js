"use strict";

// Photos of a list load as they come into view: a browser's own lazy loading begins thousands of
// pixels before.
{
  const coming = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) {
        target.src = target.dataset.src;
        coming.unobserve(target);
      }
    }
  });
  for (const photo of document.querySelectorAll("img[data-src]")) {
    coming.observe(photo);
  }
}
