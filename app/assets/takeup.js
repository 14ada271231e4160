// What pages gain from a script. Every page works without it.
import { initAll } from "./govuk-frontend.min.js";

/** A press that is repeated at once must not send a form twice. */
function preventDoubleSubmits() {
  for (const button of document.querySelectorAll('form[method="post" i] [data-module="govuk-button"]')) {
    button.dataset.preventDoubleClick ??= "true";
  }
}

/**
 * Warns before an idle session ends, and lets the person stay without losing what was typed.
 *
 * Requests made in any tab count, because they share one session: each tab writes when it last made
 * one and reads what the others wrote.
 */
class IdleWarning {
  static KEY = "takeup-last-request";
  static CHECK_EVERY = 1000;

  constructor(dialog) {
    const { idleMinutes, warnAfterMinutes, endsAt, extendUrl, signInUrl } = dialog.dataset;
    this.dialog = dialog;
    this.warnAfter = Number(warnAfterMinutes) * 60000;
    this.idleFor = Number(idleMinutes) * 60000;
    this.endsAt = endsAt ? Date.parse(endsAt) : Infinity;
    this.extendUrl = extendUrl;
    this.signInUrl = signInUrl;
    this.heading = dialog.querySelector("[data-idle-heading]");
    this.remaining = dialog.querySelector("[data-idle-remaining]");
    this.advice = dialog.querySelector("[data-idle-advice]");
    this.problem = dialog.querySelector("[data-idle-problem]");
    this.extendButton = dialog.querySelector("[data-idle-extend]");
    this.closeButton = dialog.querySelector("[data-idle-close]");
    this.lastRequest = Date.now();
    this.dismissed = false;
  }

  start() {
    this.noteRequest();
    this.extendButton.addEventListener("click", () => this.extend());
    this.closeButton.addEventListener("click", () => this.dismiss());
    // Escape.
    this.dialog.addEventListener("cancel", () => {
      this.dismissed = true;
    });
    window.addEventListener("storage", (event) => {
      if (event.key === IdleWarning.KEY) this.check();
    });
    // A laptop that slept, or a page restored by the back button, has missed its timers.
    document.addEventListener("visibilitychange", () => this.check());
    window.addEventListener("pageshow", () => this.check());
    this.timer = window.setInterval(() => this.check(), IdleWarning.CHECK_EVERY);
  }

  noteRequest() {
    this.lastRequest = Date.now();
    try {
      window.localStorage.setItem(IdleWarning.KEY, String(this.lastRequest));
    } catch {
      // Storage may be switched off: then this tab counts alone.
    }
  }

  newestRequest() {
    try {
      const stored = Number(window.localStorage.getItem(IdleWarning.KEY));
      // A time still to come was written under another clock.
      if (stored <= Date.now()) this.lastRequest = Math.max(this.lastRequest, stored);
    } catch {
      // As above.
    }
    return this.lastRequest;
  }

  check() {
    const now = Date.now();
    const idleEnd = this.newestRequest() + this.idleFor;
    const end = Math.min(idleEnd, this.endsAt);
    if (now >= end) {
      this.leave();
    } else if (now < end - (this.idleFor - this.warnAfter)) {
      this.dismissed = false;
      if (this.dialog.open) this.dialog.close();
    } else {
      this.warn(end - now, this.endsAt <= idleEnd);
    }
  }

  warn(left, isFinal) {
    if (this.dismissed) return;
    this.heading.textContent = isFinal ? "Your time signed in is ending" : "You are about to be signed out";
    this.advice.textContent = isFinal
      ? "Nobody stays signed in for longer than this. Save what you are doing, then sign in again."
      : "You have not done anything for a while. What you have typed stays on this page if you stay signed in.";
    this.extendButton.hidden = isFinal;
    this.closeButton.hidden = !isFinal;
    const text = `You will be signed out in ${spoken(left)}.`;
    // Writing the same words again would make a screen reader say them again.
    if (this.remaining.textContent !== text) this.remaining.textContent = text;
    if (!this.dialog.open) this.dialog.showModal();
  }

  dismiss() {
    this.dismissed = true;
    this.dialog.close();
  }

  async extend() {
    this.extendButton.disabled = true;
    this.problem.textContent = "";
    try {
      const response = await fetch(this.extendUrl, {
        method: "POST",
        headers: { "X-CSRFToken": this.dialog.dataset.csrfToken, Accept: "application/json" },
        credentials: "same-origin",
        redirect: "error",
      });
      if (!response.ok) throw new Error(String(response.status));
      await this.renewTokens(response);
      this.noteRequest();
      this.dialog.close();
    } catch {
      this.problem.textContent =
        "We could not keep you signed in. Copy anything that you have typed, then sign in again.";
    } finally {
      this.extendButton.disabled = false;
    }
  }

  /** Forms on the page carry a token that may be older than the session now is. */
  async renewTokens(response) {
    if (!response.headers.get("Content-Type")?.includes("json")) return;
    const { csrf_token: token } = await response.json();
    if (!token) return;
    this.dialog.dataset.csrfToken = token;
    for (const input of document.querySelectorAll('input[name="csrf_token"]')) input.value = token;
  }

  leave() {
    window.clearInterval(this.timer);
    const address = new URL(this.signInUrl, window.location.href);
    if (!address.searchParams.has("next")) {
      address.searchParams.set("next", window.location.pathname + window.location.search);
    }
    window.location.assign(address);
  }
}

/** "5 minutes", "1 minute", then every ten seconds: often enough to be true, seldom enough to be heard. */
function spoken(milliseconds) {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds > 60) {
    return `${Math.ceil(seconds / 60)} minutes`;
  }
  if (seconds > 50) return "1 minute";
  return `${Math.max(10, Math.ceil(seconds / 10) * 10)} seconds`;
}

/**
 * `data-mark-all="attended"`: chooses that value in every row in which nothing else is chosen, as the server does;
 * the person still presses Save.
 */
function markAll(button) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const value = button.dataset.markAll;
    const open = [...button.form.elements].filter(
      (field) =>
        field.type === "radio" &&
        field.value === value &&
        ["", "not_recorded"].includes(button.form.elements[field.name].value),
    );
    for (const radio of open) {
      radio.checked = true;
      radio.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const status = button.form.querySelector("[data-mark-all-status]");
    if (status) {
      const people = open.length === 1 ? "1 person" : `${open.length} people`;
      status.textContent = `${people} marked ${value}. Nothing is saved yet.`;
    }
  });
}

/** How many of a register are marked, counted anew at each choice; what "mark all" said is then out of date. */
function countMarked(foot) {
  const form = foot.closest("form");
  const status = form.querySelector("[data-mark-all-status]");
  form.addEventListener("input", (event) => {
    if (event.isTrusted && status) status.textContent = "";
    const open = form.querySelectorAll('.takeup-register [value="not_recorded"]:checked').length;
    const rows = form.querySelectorAll(".takeup-register__row").length;
    foot.textContent = `${rows - open} of ${rows} marked, not saved yet`;
  });
}

preventDoubleSubmits();
initAll();
for (const dialog of document.querySelectorAll("[data-idle-minutes]")) new IdleWarning(dialog).start();
for (const button of document.querySelectorAll("[data-mark-all]")) markAll(button);
for (const foot of document.querySelectorAll("[data-register-foot]")) countMarked(foot);
