/* stream.js: a page that follows the live hub; live.js and desk.js build on it */
'use strict';

/*
 * Keeps an event stream open for as long as the page is, and fetches the part
 * of the page that moves at every open, so that nothing is missed.
 *
 *   stream, feed  the two addresses
 *   events        what to do at each kind of event, with its data
 *   onState       told 'live' and 'down', then with when it was last heard of
 *   onFeed        given the part that was fetched, parsed, and when it was
 *                 asked for
 *   onSignedOut   this page may not see it any more
 *   onGone        there is no such feed any more (404; optional)
 *   isHeld        true while nothing is to be fetched (optional)
 *
 * Returns refresh(), which fetches that part now.
 */
function follow({
  stream, feed, events, onState, onFeed, onSignedOut, onGone = () => {}, isHeld = () => false,
}) {
  const SLOW_REFRESH_MS = 30000;
  const RETRY_MS = 5000; // after a refresh that failed
  const SILENCE_MS = 45000; // three pings missed: the stream is dead
  const FETCH_MS = 20000;

  let source = null;
  let isDown = false;
  let tries = 0;
  let heardAt = 0;
  let reopenTimer = 0;
  let fetching = false;
  let fetchAgain = false;
  let retryTimer = 0;

  /* ---- the part that moves ---- */

  /* True when it was answered, whatever with. */
  async function fetchFeed() {
    const askedAt = Date.now();
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), FETCH_MS);
    try {
      const answer = await fetch(feed, { cache: 'no-store', redirect: 'manual', signal: limit.signal });
      if (answer.type === 'opaqueredirect' || answer.status === 401) {
        onSignedOut();
      } else if (answer.status === 404) {
        onGone();
      } else if (answer.ok) {
        const part = parseHtml(await answer.text());
        if (!isHeld()) onFeed(part, askedAt);
        return true;
      }
    } catch {
      // the line is down
    } finally {
      clearTimeout(timer);
    }
    return false;
  }

  async function refresh() {
    if (isHeld()) return;
    if (fetching) {
      fetchAgain = true;
      return;
    }
    fetching = true;
    clearTimeout(retryTimer);
    const answered = await fetchFeed();
    fetching = false;
    if (!answered) retryTimer = setTimeout(refresh, RETRY_MS);
    if (fetchAgain) {
      fetchAgain = false;
      refresh();
    }
  }

  /* ---- the stream ---- */

  const onEvent = {
    ...events,
    refresh: () => setTimeout(refresh, Math.random() * 300),
    'signed-out': onSignedOut,
    ping: () => {},
  };

  function open() {
    clearTimeout(reopenTimer);
    reopenTimer = 0;
    if (source) source.close();
    const mine = new EventSource(stream);
    source = mine;
    heardAt = Date.now();
    mine.onopen = () => {
      heardAt = Date.now();
      isDown = false;
      onState('live');
      refresh();
    };
    mine.onerror = () => mine === source && lose();
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
    source.close();
    source = null;
    isDown = true;
    onState('down', heardAt);
    const pause = Math.min(30000, 1000 * 2 ** tries);
    tries += 1;
    if (tries === 2) refresh(); // perhaps we are signed out
    reopenTimer = setTimeout(open, pause / 2 + Math.random() * pause / 2);
  }

  function watch() {
    if (source && Date.now() - heardAt > SILENCE_MS) lose();
  }

  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) watch();
  });
  addEventListener('pageshow', (event) => {
    if (event.persisted) open();
  });
  setInterval(watch, 5000);
  setInterval(() => isDown && refresh(), SLOW_REFRESH_MS);
  open();
  return refresh;
}

function parseHtml(html) {
  const template = document.createElement('template');
  template.innerHTML = html; // our own server's, which escapes everything
  return template.content;
}

/* Shows of the words of a line those that fit, by their data-when. */
function showWhen(line, state) {
  for (const words of line.querySelectorAll('[data-when]')) {
    words.hidden = words.dataset.when !== state;
  }
}

/* Newest first; of the same second, the later row above. */
function insertRow(rows, row) {
  let below = rows.firstElementChild;
  while (below && below.dataset.at > row.dataset.at) below = below.nextElementSibling;
  rows.insertBefore(row, below);
}

/*
 * Makes `rows` those of `fresh`, which is the truth but for rows that came
 * live so lately (`cameAt`, by id) that the server may not have seen them.
 */
const KEEP_MS = 60000;

function mergeRows(rows, fresh, cameAt, askedAt) {
  const known = new Set(Array.from(fresh, (row) => row.id));
  for (const row of Array.from(rows.children)) {
    const came = cameAt.get(row.id) || 0;
    if (!known.has(row.id) && came < askedAt - KEEP_MS) row.remove();
  }
  for (const row of Array.from(fresh).reverse()) {
    if (!document.getElementById(row.id)) insertRow(rows, row);
  }
}

function trimRows(rows, most, cameAt) {
  while (rows.children.length > most) rows.lastElementChild.remove();
  for (const id of cameAt.keys()) if (!document.getElementById(id)) cameAt.delete(id);
}
