/* Makes the page a live conversation: sends without leaving it, keeps what could not be sent, and
   shows what comes. */
"use strict";

(() => {
  const QUEUE = "linli.queue";
  const DRAFT = "linli.draft";
  const TIMEOUT_MS = 20000;
  const LONGEST_WAIT_S = 30;
  const PATIENCE = 5;

  const byId = (id) => document.getElementById(id);
  const log = byId("log");
  const form = byId("say");
  const input = byId("text");
  const notice = byId("notice");
  const csrf = form.elements.csrf.value;
  const { words, newId, steps, stepOf, stepNumbered, newStep, answer, labelOf, state, tell, offerPlace, noPlace, atBottom, reveal } =
    Steps;

  /* What a tab keeps for itself; a browser that keeps nothing still works until it is closed, and on a
     device that many use nothing may be kept. */
  const keeps = !byId("public");
  const kept = {
    read(key) {
      try { return keeps ? sessionStorage.getItem(key) : null; } catch (error) { return null; }
    },
    write(key, value) {
      try {
        if (keeps && value) sessionStorage.setItem(key, value);
        else sessionStorage.removeItem(key);
      } catch (error) { /* then it lives in this page only */ }
    },
  };

  /* ---- Sending: in order, kept until answered, the same id when sent again ---- */

  let queue = [];
  let sending = false;
  let stopped = false;
  let failures = 0; /* in a row, without any answer: how long to wait */
  let refusals = 0; /* in a row, by a server in trouble: when to stop asking */
  let timer = 0;

  const save = () => kept.write(QUEUE, queue.length ? JSON.stringify(queue) : "");
  const waits = (id) => queue.some((message) => message.id === id);

  function settled(id) {
    queue = queue.filter((message) => message.id !== id);
    save();
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
      if (isAnother(stepNumbered(body.number), message.id)) return location.reload();
      answer(step, body);
      reveal(step);
      return pump();
    }
    if (!waits(message.id)) return pump();
    if (status === 403) {
      stopped = true;
      state(step, "");
      if (!keeps) return location.reload();
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

  /* The number is taken by something else: the conversation was moved elsewhere, and began anew. */
  function isAnother(step, id) {
    return Boolean(step && id && step.dataset.message !== id);
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
    if (isAnother(stepNumbered(line.number), line.id)) return location.reload();
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
        noPlace();
        form.querySelector(".choose").focus();
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
    const pressed = event.target.closest("button[name=say], .share");
    if (!pressed) return;
    if (pressed.classList.contains("share")) share();
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
