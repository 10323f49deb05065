/* Leaves nothing behind: forgets what the tab kept when somebody leaves and, on a device that many use,
   clears the page when nobody has touched it for some minutes. The server forgets by itself as well. */
"use strict";

(() => {
  const WARNING_MS = 30 * 1000;
  const PING_MS = 10 * 1000;

  const byId = (id) => document.getElementById(id);
  const session = document.body.dataset.session;
  const bar = byId("public");
  /* The other tabs of this browser have the same session and must not be left behind, nor end it early. */
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("linli") : null;
  const tellTabs = (what) => tabs && tabs.postMessage({ what, session });

  function forgetTab() {
    try { sessionStorage.clear(); } catch (error) { /* then nothing was kept */ }
  }

  function clear() {
    forgetTab();
    document.querySelectorAll("#log > *, .sheet > *").forEach((each) => each.remove());
    document.querySelectorAll("input[type=text]").forEach((each) => { each.value = ""; });
  }

  document.addEventListener("submit", (event) => {
    if (!event.target.classList.contains("leave")) return;
    forgetTab();
    tellTabs("left");
  });
  if (tabs) {
    tabs.addEventListener("message", ({ data }) => {
      if (data.what === "opened" && data.session !== session) location.reload();
      if (data.what === "left" && data.session === session) clear();
      if (data.what === "touched" && data.session === session && bar) wake();
    });
    /* A page that another one made reload says nothing, or two tabs without cookies would never rest. */
    const [arrival] = performance.getEntriesByType("navigation");
    if (!arrival || arrival.type !== "reload") tellTabs("opened");
  }

  if (!bar) return;
  forgetTab();

  const idle = Number(bar.dataset.idle) * 1000;
  const countdown = byId("countdown");
  const soon = countdown.querySelector("[role=alert]");
  const stay = byId("stay");
  let touched = Date.now();
  let told = Date.now();
  let ping = 0;
  let over = false;

  function wake() {
    touched = Date.now();
    tick();
  }

  /* The server counts from what it hears, so it hears of every touch, a moment later. */
  function touch() {
    tick();
    if (over) return;
    wake();
    tellTabs("touched");
    if (!ping) ping = setTimeout(tell, Math.max(0, told + PING_MS - touched));
  }

  async function tell() {
    ping = 0;
    told = Date.now();
    try {
      const headers = { "X-CSRF": session };
      const answer = await fetch("/api/stay", { method: "POST", credentials: "same-origin", headers });
      if (answer.status === 403) forget();
    } catch (error) { /* without a connection the page clears itself all the same */ }
  }

  function tick() {
    if (over) return;
    const left = touched + idle - Date.now();
    if (left <= 0) {
      forget();
      return;
    }
    const warns = left <= WARNING_MS;
    const begins = warns && countdown.hidden;
    countdown.hidden = !warns;
    stay.hidden = !warns;
    bar.classList.toggle("warns", warns);
    countdown.querySelector("b").textContent = Math.ceil(left / 1000);
    if (begins || !warns) soon.textContent = warns ? soon.dataset.text : "";
  }

  function forget() {
    over = true;
    clear();
    tellTabs("left");
    bar.querySelector(".leave").submit();
  }

  stay.addEventListener("click", touch);
  ["pointerdown", "keydown", "input"].forEach((kind) => document.addEventListener(kind, touch));
  /* A device that slept wakes up past the time; a page that comes back from the browser's memory is stale. */
  document.addEventListener("visibilitychange", tick);
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  setInterval(tick, 1000);
})();
