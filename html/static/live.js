/* live.js: keeps the dashboard up to date; without it the page stands still */
'use strict';

(() => {
  const MOST_ROWS = 50;
  const SLOW_REFRESH_MS = 30000;
  const RETRY_MS = 5000; // after a refresh that failed
  const SILENCE_MS = 45000; // three pings missed: the stream is dead
  const KEEP_MS = 60000; // a row that came live this lately stays
  const AT_TOP = 1; // px: at 0 the browser would not hold a place
  const SAY_MS = 4000; // between two announcements
  const LEAVE_MS = 10000; // a form that was sent is answered by then

  const byId = (id) => document.getElementById(id);
  const rows = byId('rows');
  const box = rows.parentElement;
  const cameAt = new Map(); // row id -> when it came live
  let stream = null;
  let state = 'starting';
  let paused = false;
  let tries = 0;
  let heardAt = 0;
  let reopenTimer = 0;
  let fetching = false;
  let fetchAgain = false;
  let retryTimer = 0;
  let following = true; // nobody has scrolled down to read
  let slideFrame = 0;
  let leftAt = -LEAVE_MS; // when a form of this page was sent

  /* ---- what is shown ---- */

  function showState() {
    const shown = paused ? 'paused' : state;
    for (const words of byId('live').querySelectorAll('[data-when]')) {
      words.hidden = words.dataset.when !== shown;
    }
    byId('pause').hidden = paused;
    byId('resume').hidden = !paused;
  }

  function setState(to) {
    state = to;
    showState();
  }

  function parse(html) {
    const template = document.createElement('template');
    template.innerHTML = html; // our own server's, which escapes everything
    return template.content;
  }

  /* Newest first; of the same second, the later row above. */
  function isNewer(a, b) {
    return a.dataset.at > b.dataset.at;
  }

  function insertRow(row) {
    let below = rows.firstElementChild;
    while (below && isNewer(below, row)) below = below.nextElementSibling;
    rows.insertBefore(row, below);
  }

  function trimRows() {
    while (rows.children.length > MOST_ROWS) rows.lastElementChild.remove();
    for (const id of cameAt.keys()) if (!byId(id)) cameAt.delete(id);
    byId('no-rows').hidden = rows.children.length > 0;
  }

  /*
   * Lets rows slide in from above instead of making all others jump: the
   * browser holds the place of what is read, and then we go back to the top.
   */
  function keepingPlace(change) {
    if (box.scrollTop < 4) {
      following = true;
      box.scrollTop = AT_TOP;
    }
    change();
    cancelAnimationFrame(slideFrame);
    slideFrame = requestAnimationFrame(() => {
      slideFrame = requestAnimationFrame(slide); // once the new row is drawn
    });
  }

  function slide() {
    const far = box.scrollTop > box.clientHeight / 2;
    if (following) box.scrollTo({ top: AT_TOP, behavior: far || calm() ? 'auto' : 'smooth' });
  }

  function calm() {
    return matchMedia('(prefers-reduced-motion: reduce)').matches;
  }

  function replacePart(fresh) {
    const old = fresh && byId(fresh.id);
    if (old && old.outerHTML !== fresh.outerHTML) old.replaceWith(fresh);
  }

  /* ---- words for those who do not see the screen ---- */

  let unsaid = [];
  let saidAt = 0;
  let sayTimer = 0;

  function sayNow() {
    const last = unsaid[unsaid.length - 1];
    const more = unsaid.length > 1 ? `${unsaid.length} ${byId('say').dataset.more} ` : '';
    byId('say').textContent = more + last;
    unsaid = [];
    saidAt = Date.now();
    sayTimer = 0;
  }

  function say(row) {
    unsaid.push(row.textContent.replace(/\s+/g, ' ').trim());
    if (!sayTimer) sayTimer = setTimeout(sayNow, Math.max(300, saidAt + SAY_MS - Date.now()));
  }

  /* ---- what arrives ---- */

  let held = 0;

  function addPunch(html) {
    const row = parse(html).firstElementChild;
    if (!row || byId(row.id)) return;
    if (paused) {
      held += 1;
      byId('held-count').textContent = held;
      byId('held').hidden = false;
      return;
    }
    cameAt.set(row.id, Date.now());
    row.classList.add('is-fresh');
    keepingPlace(() => {
      insertRow(row);
      trimRows();
    });
    say(row);
  }

  /* The server's list is the truth, but for rows it may not have seen yet. */
  function mergeRows(fresh, askedAt) {
    const known = new Set(Array.from(fresh, (row) => row.id));
    keepingPlace(() => {
      for (const row of Array.from(rows.children)) {
        const came = cameAt.get(row.id) || 0;
        if (!known.has(row.id) && came < askedAt - KEEP_MS) row.remove();
      }
      for (const row of Array.from(fresh).reverse()) {
        if (!byId(row.id)) insertRow(row);
      }
      trimRows();
    });
  }

  function dayShown() {
    return byId('counts-today') && byId('counts-today').textContent;
  }

  function replaceCounts(html) {
    if (paused) return;
    const day = dayShown();
    replacePart(parse(html).firstElementChild);
    if (dayShown() !== day) refresh(); // midnight: yesterday's rows go
  }

  async function refresh() {
    if (paused) return;
    if (fetching) {
      fetchAgain = true;
      return;
    }
    fetching = true;
    clearTimeout(retryTimer);
    const askedAt = Date.now();
    let answered = false;
    try {
      const answer = await fetch(byId('live').dataset.feed, { cache: 'no-store', redirect: 'manual' });
      if (answer.type === 'opaqueredirect' || answer.status === 401) {
        toSignIn();
      } else if (answer.status === 404) {
        location.assign('/'); // this branch is not ours to see any more
      } else if (answer.ok) {
        const feed = parse(await answer.text());
        if (!paused && feed.getElementById('rows')) {
          mergeRows(feed.getElementById('rows').children, askedAt);
          replacePart(feed.getElementById('counts'));
          replacePart(feed.getElementById('terminals'));
        }
        answered = true;
      }
    } catch {
      // the line is down
    }
    fetching = false;
    if (!answered) retryTimer = setTimeout(refresh, RETRY_MS);
    if (fetchAgain) {
      fetchAgain = false;
      refresh();
    }
  }

  /* Not where a form leads away itself: signing out has words of its own. */
  function toSignIn() {
    if (performance.now() - leftAt >= LEAVE_MS) location.assign('/login');
  }

  addEventListener('submit', () => { leftAt = performance.now(); });

  /* ---- the stream ---- */

  const onEvent = {
    punch: addPunch,
    counts: replaceCounts,
    terminals: (html) => paused || replacePart(parse(html).firstElementChild),
    refresh: () => setTimeout(refresh, Math.random() * 300),
    'signed-out': toSignIn,
    ping: () => {},
  };

  function open() {
    clearTimeout(reopenTimer);
    reopenTimer = 0;
    if (stream) stream.close();
    const mine = new EventSource(byId('live').dataset.events);
    stream = mine;
    heardAt = Date.now();
    mine.onopen = () => {
      heardAt = Date.now();
      setState('live');
      refresh();
    };
    mine.onerror = () => mine === stream && lose();
    for (const name of Object.keys(onEvent)) {
      mine.addEventListener(name, (event) => {
        heardAt = Date.now();
        tries = 0;
        onEvent[name](event.data);
      });
    }
  }

  /* EventSource gives up after an HTTP error, so we reopen by our own clock. */
  function lose() {
    stream.close();
    stream = null;
    setState('down');
    const pause = Math.min(30000, 1000 * 2 ** tries);
    tries += 1;
    if (tries === 2) refresh(); // perhaps we are signed out
    reopenTimer = setTimeout(open, pause / 2 + Math.random() * pause / 2);
  }

  function watch() {
    if (stream && Date.now() - heardAt > SILENCE_MS) lose();
  }

  /* ---- start ---- */

  function setPaused(to) {
    paused = to;
    held = 0;
    byId('held').hidden = true;
    showState();
    byId(paused ? 'resume' : 'pause').focus();
    refresh();
  }

  byId('pause').addEventListener('click', () => setPaused(true));
  byId('resume').addEventListener('click', () => setPaused(false));
  for (const name of ['wheel', 'touchstart', 'keydown', 'pointerdown']) {
    box.addEventListener(name, () => { following = false; }, { passive: true });
  }
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) watch();
  });
  addEventListener('pageshow', (event) => {
    if (event.persisted) open();
  });
  setInterval(watch, 5000);
  setInterval(() => state === 'down' && refresh(), SLOW_REFRESH_MS);
  byId('live').hidden = false;
  box.scrollTop = AT_TOP;
  open();
})();
