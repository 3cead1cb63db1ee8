/* wait.js: looks again for what a page waits for; without it there is a link */
'use strict';

(() => {
  const MOST_MS = 15 * 60 * 1000; // then nobody stands there any more
  const began = Date.now();
  const part = document.querySelector('[data-wait]');
  const EVERY_MS = Number(part.dataset.wait);
  let leaves = false; // a form was sent: it leads on by itself

  /* Replaced only when it has changed: the focus stays, nothing is said twice. */
  function put(html) {
    const page = new DOMParser().parseFromString(html, 'text/html');
    const fresh = page.querySelector('[data-wait]');
    if (fresh && fresh.innerHTML !== part.innerHTML) part.replaceChildren(...fresh.childNodes);
  }

  async function look() {
    const again = document.querySelector('[data-again]');
    if (!again) return; // it has come
    try {
      const answer = await fetch(again.href, { cache: 'no-store', redirect: 'manual' });
      if (answer.type === 'opaqueredirect' || answer.status === 401) {
        if (!leaves) location.assign('/login');
        return;
      }
      if (answer.ok) put(await answer.text());
    } catch {
      // the line is down: the next look may find it up
    }
    if (Date.now() - began < MOST_MS) setTimeout(look, EVERY_MS);
  }

  addEventListener('submit', () => { leaves = true; });
  setTimeout(look, EVERY_MS);
})();
