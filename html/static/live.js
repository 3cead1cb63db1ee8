/* live.js: keeps the dashboard up to date; without it the page stands still */
'use strict';

(() => {
  const MOST_ROWS = 50;
  const AT_TOP = 1; // px: at 0 the browser would not hold a place
  const SAY_MS = 4000; // between two announcements
  const LEAVE_MS = 10000; // a form that was sent is answered by then

  const byId = (id) => document.getElementById(id);
  const rows = byId('rows');
  const box = rows.parentElement;
  const cameAt = new Map(); // row id -> when it came live
  let state = 'starting';
  let paused = false;
  let following = true; // nobody has scrolled down to read
  let slideFrame = 0;
  let leftAt = -LEAVE_MS; // when a form of this page was sent

  /* ---- what is shown ---- */

  function showState() {
    showWhen(byId('live'), paused ? 'paused' : state);
    byId('pause').hidden = paused;
    byId('resume').hidden = !paused;
  }

  function setState(to) {
    state = to;
    showState();
  }

  function trim() {
    trimRows(rows, MOST_ROWS, cameAt);
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
    const row = parseHtml(html).firstElementChild;
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
      insertRow(rows, row);
      trim();
    });
    say(row);
  }

  function dayShown() {
    return byId('counts-today') && byId('counts-today').textContent;
  }

  /* True when it is another day than before. */
  function replaceCounts(fresh) {
    const day = dayShown();
    replacePart(fresh);
    if (dayShown() === day) return false;
    refreshLists();
    return true;
  }

  function addCounts(html) {
    if (paused) return;
    // midnight: yesterday's rows go
    if (replaceCounts(parseHtml(html).firstElementChild)) refresh();
  }

  /* Whom to call only changes from day to day, so the feed is without it. */
  async function refreshLists() {
    try {
      const answer = await fetch(location.pathname + location.search, { cache: 'no-store' });
      if (answer.ok) replacePart(parseHtml(await answer.text()).getElementById('lists'));
    } catch {
      // the line is down; they stay as they are
    }
  }

  function showFeed(feed, askedAt) {
    if (!feed.getElementById('rows')) return;
    keepingPlace(() => {
      mergeRows(rows, feed.getElementById('rows').children, cameAt, askedAt);
      trim();
    });
    replaceCounts(feed.getElementById('counts'));
    replacePart(feed.getElementById('terminals'));
  }

  /* Not where a form leads away itself: signing out has words of its own. */
  function toSignIn() {
    if (performance.now() - leftAt >= LEAVE_MS) location.assign('/login');
  }

  addEventListener('submit', () => { leftAt = performance.now(); });

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
  byId('live').hidden = false;
  box.scrollTop = AT_TOP;
  const refresh = follow({
    stream: byId('live').dataset.events,
    feed: byId('live').dataset.feed,
    events: {
      punch: addPunch,
      counts: addCounts,
      terminals: (html) => paused || replacePart(parseHtml(html).firstElementChild),
    },
    onState: setState,
    onFeed: showFeed,
    onSignedOut: toSignIn,
    onGone: () => location.assign('/'), // this branch is not ours to see any more
    isHeld: () => paused,
  });
})();
