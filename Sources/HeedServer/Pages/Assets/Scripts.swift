/// The scripts: they make the pages quicker, and nothing depends on them.
enum Scripts {
    /// What both pages need: saying something, and copying.
    static let shared = #"""
        "use strict";
        document.documentElement.classList.add("js");
        const say = (() => {
          let timer = 0;
          return (text, isLoud = false) => {
            const place = document.getElementById("said");
            if (!place) return;
            place.textContent = text;
            place.classList.toggle("loud", isLoud);
            clearTimeout(timer);
            timer = setTimeout(() => { place.textContent = ""; }, 4000);
          };
        })();
        document.addEventListener("click", async (event) => {
          const button = event.target.closest("[data-copy]");
          if (!button) return;
          const text = button.dataset.copy;
          try {
            await navigator.clipboard.writeText(text);
          } catch {
            const field = document.createElement("textarea");
            field.value = text;
            document.body.append(field);
            field.select();
            document.execCommand("copy");
            field.remove();
            button.focus();
          }
          say("Copied");
        });

        """#

    /// Keeps the marked part of a page up to date, with what the reader opened, typed and focused.
    static let live = #"""
        (() => {
          const root = document.querySelector("[data-live]");
          if (!root) return;
          const state = document.getElementById("live-state");
          let tag = "", wait = 2000, isOff = false;

          const show = (text, off) => {
            if (!state || (state.textContent === text && isOff === off)) return;
            state.textContent = text;
            state.classList.toggle("off", off);
            isOff = off;
          };

          const replace = (old, fresh) => {
            const open = [...old.querySelectorAll("details[id]")].map((e) => [e.id, e.open]);
            const typed = [...old.querySelectorAll("input[id]:not([type=hidden]),textarea[id],select[id]")]
              .map((e) => [e.id, e.value]);
            const scrolled = [...old.querySelectorAll(".scroll")].map((e) => e.scrollLeft);
            const active = document.activeElement;
            const focused = active && old.contains(active) ? active.id : "";
            old.replaceWith(fresh);
            for (const [id, isOpen] of open) { const e = document.getElementById(id); if (e) e.open = isOpen; }
            for (const [id, value] of typed) { const e = document.getElementById(id); if (e) e.value = value; }
            fresh.querySelectorAll(".scroll").forEach((e, i) => { e.scrollLeft = scrolled[i] || 0; });
            if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
          };

          const update = (text) => {
            const page = new DOMParser().parseFromString(text, "text/html");
            const before = document.querySelector("#part-ranking .lede")?.textContent;
            for (const part of page.querySelectorAll(".part")) {
              const old = document.getElementById(part.id);
              if (!old) root.append(document.adoptNode(part));
              else if (old.dataset.v !== part.dataset.v) replace(old, document.adoptNode(part));
            }
            const after = document.querySelector("#part-ranking .lede")?.textContent;
            if (before && after && before !== after) say("Ranking: " + after.trim());
          };

          const ask = async () => {
            if (!document.hidden) {
              try {
                const headers = { "X-Heed-Part": "live" };
                if (tag) headers["If-None-Match"] = tag;
                const reply = await fetch(root.dataset.live, { headers, cache: "no-store" });
                if (reply.status === 401 || reply.status === 404) { location.reload(); return; }
                if (reply.status === 200) {
                  tag = reply.headers.get("ETag") || "";
                  update(await reply.text());
                } else if (reply.status !== 304) {
                  throw new Error(String(reply.status));
                }
                wait = 2000;
                show("Live", false);
              } catch {
                wait = Math.min(wait * 2, 30000);
                show("Not live: the server does not answer", true);
              }
            }
            setTimeout(ask, wait);
          };
          setTimeout(ask, wait);
          document.addEventListener("visibilitychange", () => { if (!document.hidden) wait = 2000; });
        })();

        """#

    /// Answers by key, and the next question without a new page.
    static let compare = #"""
        (() => {
          const task = document.getElementById("task");
          if (!task) return;
          let isBusy = false;

          const send = async (form, button) => {
            if (isBusy) return;
            isBusy = true;
            const body = new URLSearchParams(new FormData(form));
            if (button && button.name) body.set(button.name, button.value);
            task.setAttribute("aria-busy", "true");
            try {
              const reply = await fetch(form.action, { method: "POST", body, headers: { "X-Heed-Part": "task" } });
              const page = new DOMParser().parseFromString(await reply.text(), "text/html");
              const next = page.getElementById("task");
              if (!next) throw new Error(String(reply.status));
              task.replaceChildren(...document.adoptNode(next).childNodes);
              scrollTo(0, 0);
              const title = document.getElementById("question");
              if (title) { title.focus({ preventScroll: true }); document.title = title.textContent + " · Heed"; }
              say(document.getElementById("standing")?.textContent.trim() || "");
            } catch {
              say("It could not be sent. Try again.", true);
            } finally {
              task.removeAttribute("aria-busy");
              isBusy = false;
            }
          };

          task.addEventListener("submit", (event) => {
            event.preventDefault();
            send(event.target, event.submitter);
          });

          document.addEventListener("keydown", (event) => {
            const place = event.target;
            const isTyping = place instanceof HTMLElement && place.closest("textarea,input,select");
            if (event.key === "Escape" && isTyping) { place.blur(); return; }
            if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
            const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
            if (key === "w") {
              const why = document.getElementById("why");
              if (!why) return;
              event.preventDefault();
              why.open = true;
              document.getElementById("why-text").focus();
              return;
            }
            for (const button of task.querySelectorAll("button[data-keys]")) {
              if (!button.dataset.keys.split(" ").includes(key)) continue;
              event.preventDefault();
              button.click();
              return;
            }
          });
        })();

        """#
}
