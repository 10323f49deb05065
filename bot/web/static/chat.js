/* Makes the page a live conversation: sends without leaving it, keeps what could not be sent, and
   shows what comes. Everything that is shown goes through textContent. */
"use strict";

(() => {
  const QUEUE = "linli.queue";
  const DRAFT = "linli.draft";
  const PAUSE_MS = 5 * 60 * 1000;
  const TIMEOUT_MS = 20000;
  const LONGEST_WAIT_S = 30;
  const PATIENCE = 5;

  const byId = (id) => document.getElementById(id);
  const log = byId("log");
  const form = byId("say");
  const input = byId("text");
  const notice = byId("notice");
  const words = JSON.parse(log.dataset.words);
  const csrf = form.elements.csrf.value;
  const stampForm = new Intl.DateTimeFormat(document.documentElement.lang === "en" ? "en-GB" : "zh-CN", {
    month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Shanghai",
  });

  /* What a tab keeps for itself; a browser that keeps nothing still works until it is closed. */
  const kept = {
    read(key) {
      try { return sessionStorage.getItem(key); } catch (error) { return null; }
    },
    write(key, value) {
      try { sessionStorage.setItem(key, value); } catch (error) { /* then it lives in this page only */ }
    },
  };

  const copy = (name) => byId(name).content.firstElementChild.cloneNode(true);
  const number = (step) => Number(step.dataset.number || 0);
  const steps = () => Array.from(log.children);
  const stepOf = (messageId) => steps().find((step) => step.dataset.message === messageId);
  const stepNumbered = (wanted) => steps().find((step) => number(step) === wanted);

  /* ---- What stands on the page ---- */

  function lastTime() {
    const times = log.querySelectorAll("time");
    return times.length ? Date.parse(times[times.length - 1].dateTime) : 0;
  }

  let latest = lastTime();

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
    if (payload.asks_location) bubble.append(byId("t-place").content.cloneNode(true));
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

  function labelOf(said) {
    const buttons = Array.from(log.querySelectorAll("button[name=say]")).reverse();
    const pressed = buttons.find((each) => each.value === said);
    return pressed ? pressed.querySelector(".label").textContent : said || words.here;
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

  function atBottom() {
    const page = document.documentElement;
    return page.scrollHeight - window.innerHeight - window.scrollY < 120;
  }

  /* To the end, but never past the beginning of what is new. */
  function reveal(step) {
    window.scrollTo(0, document.documentElement.scrollHeight);
    const top = document.querySelector(".top").offsetHeight;
    if (step.getBoundingClientRect().top < top) step.scrollIntoView({ block: "start" });
  }

  /* ---- Sending: in order, kept until answered, the same id when sent again ---- */

  let queue = [];
  let sending = false;
  let stopped = false;
  let failures = 0; /* in a row, without any answer: how long to wait */
  let refusals = 0; /* in a row, by a server in trouble: when to stop asking */
  let timer = 0;

  const save = () => kept.write(QUEUE, JSON.stringify(queue));
  const waits = (id) => queue.some((message) => message.id === id);

  function settled(id) {
    queue = queue.filter((message) => message.id !== id);
    save();
  }

  function newId() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function show(message) {
    const step = newStep(message.id, message.shown, Date.now());
    log.append(step);
    reveal(step);
  }

  function say(message) {
    queue.push(message);
    save();
    show(message);
    pump();
  }

  async function post(message) {
    const stop = new AbortController();
    const late = setTimeout(() => stop.abort(), TIMEOUT_MS);
    try {
      const { id, text, tapped, location } = message;
      const response = await fetch("/api/say", {
        method: "POST",
        credentials: "same-origin",
        cache: "no-store",
        headers: { "Content-Type": "application/json", "X-CSRF": csrf },
        body: JSON.stringify({ id, text, tapped, location }),
        signal: stop.signal,
      });
      const wait = Number(response.headers.get("Retry-After")) || 0;
      return { status: response.status, body: await response.json(), wait };
    } catch (error) {
      return { status: 0, body: null, wait: 0 };
    } finally {
      clearTimeout(late);
    }
  }

  async function pump() {
    if (sending || stopped || !queue.length) return;
    sending = true;
    clearTimeout(timer);
    const message = queue[0];
    const step = stepOf(message.id);
    const slow = setTimeout(() => waits(message.id) && state(step, words.sending), 600);
    const result = await post(message);
    clearTimeout(slow);
    sending = false;
    settle(message, step, result);
  }

  function settle(message, step, { status, body, wait }) {
    if (status === 200) {
      settled(message.id);
      failures = 0;
      refusals = 0;
      answer(step, body);
      reveal(step);
      return pump();
    }
    if (!waits(message.id)) return pump();
    if (status === 403) {
      stopped = true;
      state(step, "");
      return tell(words.stale, { label: words.reload, act: () => location.reload() });
    }
    if (status === 429) {
      state(step, words.too_fast);
      return later(wait || 2);
    }
    if (status >= 500) refusals += 1;
    if (status === 0 || (status >= 500 && refusals < PATIENCE)) {
      failures += 1;
      state(step, words.retrying);
      return later(Math.max(wait, Math.min(LONGEST_WAIT_S, 2 ** failures / 2) * (0.5 + Math.random() / 2)));
    }
    settled(message.id);
    failures = 0;
    refusals = 0;
    const text = body && body.text ? body.text : "";
    state(step, text, status < 500 ? null : () => {
      state(step, "");
      queue.push(message);
      save();
      pump();
    });
    return pump();
  }

  function later(seconds) {
    clearTimeout(timer);
    timer = setTimeout(pump, seconds * 1000);
  }

  function typed() {
    const text = input.value.trim();
    if (!text) return;
    input.value = "";
    kept.write(DRAFT, "");
    tell("");
    say({ id: newId(), text, shown: text, tapped: false });
  }

  /* ---- Listening ---- */

  let source = null;
  let heard = Number(log.dataset.last);
  let silences = 0;
  let reopening = 0;

  function listen() {
    clearTimeout(reopening);
    if (source) source.close();
    source = null;
    if (document.hidden) return;
    const opened = new EventSource("/api/stream?after=" + heard);
    opened.addEventListener("open", () => {
      silences = 0;
      if (notice.textContent === words.offline) tell("");
    });
    opened.addEventListener("message", (event) => {
      heard = Math.max(heard, Number(event.lastEventId));
      receive(JSON.parse(event.data));
    });
    opened.addEventListener("error", () => {
      /* A browser opens a broken stream again by itself, but not one that was refused. */
      if (opened.readyState !== EventSource.CLOSED || opened !== source) return;
      silences += 1;
      reopening = setTimeout(listen, Math.min(LONGEST_WAIT_S, 2 ** silences) * 1000);
    });
    source = opened;
  }

  function receive(line) {
    if (line.id && waits(line.id)) settled(line.id);
    if (stepNumbered(line.number)) return;
    const follow = atBottom();
    let step = line.id ? stepOf(line.id) : null;
    if (!step) {
      const said = line.said === null ? null : labelOf(line.said);
      step = newStep(line.id, said, Date.parse(line.at));
      const pending = steps().find((each) => each.dataset.message && waits(each.dataset.message));
      log.insertBefore(step, pending || null);
    }
    answer(step, line);
    if (follow) reveal(step);
  }

  /* ---- A place ---- */

  const canLocate = window.isSecureContext && "geolocation" in navigator;

  function offerPlace(within) {
    within.querySelectorAll(".place").forEach((each) => {
      each.hidden = each.classList.contains("share") !== canLocate;
    });
  }

  function share() {
    tell(words.locating);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        tell("");
        const place = { lat: coords.latitude, lon: coords.longitude };
        say({ id: newId(), text: "", shown: words.here, tapped: false, location: place });
      },
      () => {
        tell(words.no_place);
        input.focus();
      },
      { timeout: 15000, maximumAge: 60000 },
    );
  }

  /* ---- Hands ---- */

  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    /* While an input method composes, Enter takes its suggestion (229: browsers that say only so). */
    if (event.isComposing || event.keyCode === 229) return;
    typed();
  });
  input.addEventListener("input", () => kept.write(DRAFT, input.value));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    typed();
  });
  /* Pressing the button must not take the focus out of the field, or a phone hides its keyboard. */
  form.querySelector(".send").addEventListener("pointerdown", (event) => {
    if (document.activeElement === input) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const pressed = event.target.closest("button[name=say], .place");
    if (!pressed) return;
    if (pressed.classList.contains("share")) share();
    else if (pressed.classList.contains("write")) tell(words.write_place);
    else {
      event.preventDefault();
      const shown = pressed.querySelector(".label").textContent;
      say({ id: newId(), text: pressed.value, shown, tapped: true });
    }
  });

  function back() {
    failures = 0;
    listen();
    pump();
  }

  window.addEventListener("online", back);
  window.addEventListener("offline", () => tell(words.offline));
  window.addEventListener("pageshow", (event) => event.persisted && back());
  window.addEventListener("pagehide", () => source && source.close());
  document.addEventListener("visibilitychange", listen);

  /* ---- Begin where the tab was left ---- */

  try {
    queue = JSON.parse(kept.read(QUEUE) || "[]").filter((message) => !stepOf(message.id));
  } catch (error) {
    queue = [];
  }
  save();
  queue.forEach(show);
  input.value = input.value || kept.read(DRAFT) || "";
  offerPlace(document);
  const newest = log.lastElementChild;
  if (!newest.classList.contains("welcome")) reveal(newest);
  listen();
  pump();
})();
