// Tells how often a number is followed: no name, no cookie, one count.
document.querySelectorAll("[data-calls]").forEach((place) => {
  place.addEventListener("click", (event) => {
    if (event.target.closest('a[href^="tel:"]')) navigator.sendBeacon(place.dataset.calls);
  });
});
