// What every page does: the theme, the secret of the session with each change, and answers as they come.
(() => {
  "use strict";

  const THEMES = ["auto", "light", "dark"];
  const root = document.documentElement;
  const button = document.getElementById("theme");

  function showTheme() {
    button.textContent = "Theme: " + root.dataset.theme;
  }

  button.hidden = false;
  showTheme();
  button.addEventListener("click", () => {
    const next = THEMES[(THEMES.indexOf(root.dataset.theme) + 1) % THEMES.length];
    root.dataset.theme = next;
    // The server writes it into the next page, so that no page flashes in the other colours.
    document.cookie = "candor-theme=" + next + "; path=/console; max-age=31536000; samesite=strict";
    showTheme();
    document.dispatchEvent(new Event("candor:theme"));
  });

  document.body.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") {
      event.detail.headers["Candor-Csrf"] = document.body.dataset.csrf;
    }
  });

  // Where the server is gone, somebody who looks should know.
  document.body.addEventListener("htmx:sendError", (event) => {
    const target = event.detail.target;
    if (target && target.id === "answer") {
      target.textContent = "The server does not answer.";
    }
  });

  // Labels are asked for only where something is to be classified.
  const form = document.getElementById("try");
  if (form) {
    const field = document.getElementById("labels-field");
    const update = () => {
      const classifies = form.elements.task.value === "classify";
      field.hidden = !classifies;
      form.elements.labels.required = classifies;
    };
    form.addEventListener("change", update);
    update();
  }

  document.body.addEventListener("htmx:sseMessage", (event) => {
    const thoughts = event.target.closest("details.thoughts");
    if (thoughts) {
      thoughts.hidden = false;
    }
  });
  document.body.addEventListener("htmx:sseClose", (event) => {
    event.target.classList.add("ended");
  });
})();
