/* What stands on the page: steps of the conversation, the notice, the ways to name a place.
   Everything that is shown goes through textContent. */
"use strict";

const Steps = (() => {
  const PAUSE_MS = 5 * 60 * 1000;

  const byId = (id) => document.getElementById(id);
  const log = byId("log");
  const notice = byId("notice");
  const words = JSON.parse(log.dataset.words);
  const stampForm = new Intl.DateTimeFormat(document.documentElement.lang === "en" ? "en-GB" : "zh-CN", {
    month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Shanghai",
  });

  function newId() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  const copy = (name) => byId(name).content.firstElementChild.cloneNode(true);
  const number = (step) => Number(step.dataset.number || 0);
  const steps = () => Array.from(log.children);
  const stepOf = (messageId) => steps().find((step) => step.dataset.message === messageId);
  const stepNumbered = (wanted) => steps().find((step) => number(step) === wanted);

  function lastTime() {
    const times = log.querySelectorAll("time");
    return times.length ? Date.parse(times[times.length - 1].dateTime) : 0;
  }

  let latest = lastTime();
  /* Only over https, or on this computer itself, does a browser say where it is. */
  let canLocate = window.isSecureContext && "geolocation" in navigator;

  function newStep(messageId, said, at) {
    const step = document.createElement("div");
    step.className = "step arrived";
    if (messageId) step.dataset.message = messageId;
    if (at - latest >= PAUSE_MS) {
      const stamp = copy("t-stamp");
      const time = stamp.querySelector("time");
      time.dateTime = new Date(at).toISOString();
      time.textContent = stampForm.format(at);
      step.append(stamp);
    }
    latest = Math.max(latest, at);
    if (said !== null) {
      const own = copy("t-own");
      own.querySelector(".said").textContent = said;
      step.append(own);
    }
    return step;
  }

  function answer(step, payload) {
    if (stepNumbered(payload.number)) return;
    step.dataset.number = payload.number;
    state(step, "");
    const shown = copy("t-answer");
    const bubble = shown.querySelector(".bubble");
    const text = shown.querySelector(".text");
    text.lang = payload.language === "zh" ? "zh-CN" : payload.language;
    text.querySelectorAll(".row").forEach((row) => row.remove());
    payload.text.split("\n").forEach((line) => text.append(row(line)));
    if (payload.choices.length) {
      const choices = copy("t-choices");
      payload.choices.forEach((choice, index) => choices.append(button(choice, index + 1)));
      bubble.append(choices);
    }
    if (payload.map) {
      const link = copy("t-map");
      link.href = payload.map.url;
      link.querySelector(".label").textContent = payload.map.label;
      bubble.append(link);
    }
    if (payload.calendar) bubble.append(taken(payload.calendar));
    payload.links.forEach((each) => {
      const link = copy("t-link");
      link.href = each.url;
      link.querySelector(".label").textContent = each.label;
      bubble.append(link);
    });
    if (payload.photo) {
      const photo = copy("t-photo");
      photo.querySelector("[name=say]").value = payload.photo;
      bubble.append(photo);
    }
    if (payload.asks_location) bubble.append(byId("t-place").content.cloneNode(true));
    if (payload.keeps) bubble.append(copy("t-keep"));
    step.append(shown);
    offerPlace(bubble);
  }

  /* An indented line belongs to the one above it. */
  function row(line) {
    const made = document.createElement("span");
    made.className = line.startsWith(" ") ? "row within" : "row";
    made.textContent = line.trim();
    return made;
  }

  function button(choice, position) {
    const made = copy("t-choice");
    made.value = choice.say;
    made.querySelector(".number").textContent = position;
    made.querySelector(".label").textContent = choice.label;
    return made;
  }

  function taken({ file, code }) {
    const links = byId("t-calendar").content.cloneNode(true);
    links.querySelector(".calendar").href = file;
    if (code) links.querySelector(".check-in").href = code;
    else links.querySelector(".check-in").remove();
    return links;
  }

  function labelOf(said) {
    const buttons = Array.from(log.querySelectorAll("button[name=say]")).reverse();
    const pressed = buttons.find((each) => each.value === said);
    if (pressed) return pressed.querySelector(".label").textContent;
    if (said.startsWith("/photo ")) return words.photo;
    if (said.startsWith("/")) return words.languages[said] || words.pressed;
    return said || words.here;
  }

  function state(step, text, again) {
    const line = step.querySelector(".state");
    if (!line) return;
    line.textContent = text;
    if (again) {
      const retry = document.createElement("button");
      retry.type = "button";
      retry.textContent = words.again;
      retry.addEventListener("click", again);
      line.append(retry);
    }
  }

  function tell(text, action) {
    notice.hidden = !text;
    if (notice.textContent !== text) notice.textContent = text;
    if (action) {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = action.label;
      made.addEventListener("click", action.act);
      notice.append(made);
    }
  }

  function offerPlace(within) {
    within.querySelectorAll(".place").forEach((each) => {
      each.hidden = each.classList.contains("share") !== canLocate;
    });
  }

  /* The browser was asked and did not say: from now on a community is chosen. */
  function noPlace() {
    canLocate = false;
    offerPlace(document);
  }

  function atBottom() {
    const page = document.documentElement;
    return page.scrollHeight - window.innerHeight - window.scrollY < 120;
  }

  /* To the end, but never past the beginning of what is new. */
  function reveal(step) {
    window.scrollTo(0, document.documentElement.scrollHeight);
    const bar = document.querySelector(".top").getBoundingClientRect();
    if (step.getBoundingClientRect().top < Math.max(0, bar.bottom)) step.scrollIntoView({ block: "start" });
  }

  return { words, newId, steps, stepOf, stepNumbered, newStep, answer, labelOf, state, tell, offerPlace, noPlace, atBottom, reveal };
})();
