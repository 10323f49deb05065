/* Sends photos without leaving the page: made smaller here, so that little of a phone's data is used and what
   its camera noted stays on it. */
"use strict";

(() => {
  const LONGEST = 1600;
  const QUALITY = 0.85;
  const TIMEOUT_MS = 90000;

  const { words, newId, newStep, answer, state, tell, reveal } = Steps;
  const log = document.getElementById("log");
  const csrf = document.body.dataset.session;

  /* What this browser cannot open is sent as it is, and the server says why it is none. */
  async function smaller(file) {
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.round(picture.width * scale));
      canvas.height = Math.max(1, Math.round(picture.height * scale));
      const drawing = canvas.getContext("2d");
      drawing.fillStyle = "#fff";
      drawing.fillRect(0, 0, canvas.width, canvas.height);
      drawing.drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      return (await new Promise((made) => canvas.toBlob(made, "image/jpeg", QUALITY))) || file;
    } catch (error) {
      return file;
    }
  }

  async function post({ id, say, file }) {
    const stop = new AbortController();
    const late = setTimeout(() => stop.abort(), TIMEOUT_MS);
    try {
      const body = new FormData();
      body.append("id", id);
      body.append("say", say);
      body.append("photo", await smaller(file), "photo");
      const response = await fetch("/api/photo", {
        method: "POST",
        credentials: "same-origin",
        cache: "no-store",
        headers: { "X-CSRF": csrf },
        body,
        signal: stop.signal,
      });
      return { status: response.status, body: await response.json() };
    } catch (error) {
      return { status: 0, body: { text: words.photo_lost } };
    } finally {
      clearTimeout(late);
    }
  }

  /* The same id when sent again: it is answered once. */
  async function send(photo, step) {
    state(step, words.sending_photo);
    const { status, body } = await post(photo);
    if (status === 200) {
      answer(step, body);
      return reveal(step);
    }
    if (status === 403) {
      state(step, "");
      return tell(words.stale, { label: words.reload, act: () => location.reload() });
    }
    const isHopeless = status === 400 || status === 413;
    return state(step, body.text, isHopeless ? null : () => send(photo, step));
  }

  /* The form that was opened is seen whole, as far as the screen goes. */
  document.addEventListener("toggle", ({ target }) => {
    if (target.matches("details.photo[open]")) target.scrollIntoView({ block: "nearest" });
  }, true);

  document.addEventListener("submit", (event) => {
    const form = event.target.closest(".photo-form");
    if (!form) return;
    event.preventDefault();
    const [file] = form.elements.photo.files;
    if (!file) return;
    const photo = { id: newId(), say: form.elements.say.value, file };
    const step = newStep(photo.id, words.photo, Date.now());
    form.reset();
    form.closest("details").open = false;
    log.append(step);
    reveal(step);
    send(photo, step);
  });
})();
