/* desk.js: keeps the front desk up to date, for weeks; see stream.js */
'use strict';

(() => {
  const MOST_ROWS = 10;
  const TICK_MS = 1000;
  const CLOCK_SET_MS = 5000; // less is no minute that anybody misses

  const byId = (id) => document.getElementById(id);
  const rows = byId('rows');
  const cameAt = new Map(); // row id -> when it came live
  let frame = { ...byId('feed').dataset }; // of the part that was fetched last
  const page = frame.page;
  let aheadMs = 0; // by how much the gym's clock is ahead of the screen's

  /* ---- the clock ---- */

  const gymNow = () => new Date(Date.now() + aheadMs);

  function inZone(options) {
    return new Intl.DateTimeFormat('en-GB', { timeZone: frame.zone, ...options });
  }

  function timeText(at) {
    const parts = inZone({ hour: 'numeric', minute: '2-digit', hour12: true }).formatToParts(at);
    const of = (type) => parts.find((part) => part.type === type).value;
    return `${Number(of('hour')) || 12}:${of('minute')} ${of('dayPeriod').toLowerCase()}`;
  }

  function dayKey(at) {
    const parts = inZone({ year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(at);
    const of = (type) => parts.find((part) => part.type === type).value;
    return `${of('year')}-${of('month')}-${of('day')}`;
  }

  let askedDay = frame.day; // one try for a day; the hub says so, too
  let wallMs = 0; // what the screen's clock is ahead of one that nobody sets

  /* A screen without a battery is told the time when it is up already. */
  function wasClockSet() {
    const before = wallMs;
    wallMs = Date.now() - performance.now();
    return Math.abs(wallMs - before) > CLOCK_SET_MS;
  }

  function tick() {
    if (wasClockSet()) {
      refresh();
      return;
    }
    const text = timeText(gymNow());
    if (byId('clock').textContent !== text) byId('clock').textContent = text;
    const today = dayKey(gymNow());
    if (today === frame.day || today === askedDay) return;
    askedDay = today;
    refresh();
  }

  /* ---- what is shown ---- */

  let state = 'starting';

  function setState(to, heardAt) {
    if (to === 'down' && state !== 'down') byId('since').textContent = timeText(new Date(heardAt + aheadMs));
    state = to;
    showWhen(byId('state'), to);
  }

  const shownLast = () => byId('last').dataset;

  function showLast(fresh) {
    const old = byId('last');
    if (old.outerHTML !== fresh.outerHTML) old.replaceWith(fresh);
  }

  function trim() {
    trimRows(rows, MOST_ROWS, cameAt);
    byId('list').hidden = rows.children.length === 0;
  }

  /* A punch: its row, and, unless it is late, what takes the large place. */
  function addPunch(html) {
    const part = parseHtml(html);
    const row = part.querySelector('li');
    const last = part.querySelector('article');
    if (!row || byId(row.id)) return;
    cameAt.set(row.id, Date.now());
    insertRow(rows, row);
    trim();
    if (!last || Number(last.dataset.came) < Number(shownLast().came)) return;
    last.classList.add('is-fresh');
    showLast(last);
    beep(last);
  }

  /* Never makes a sound: it tells what was there before. */
  function showFeed(part, askedAt) {
    const fresh = part.getElementById('feed');
    if (!fresh) return;
    if (fresh.dataset.page !== page) {
      location.reload();
      return;
    }
    const isNewDay = fresh.dataset.day !== frame.day;
    const last = fresh.querySelector('#last');
    frame = { ...fresh.dataset };
    aheadMs = Number(frame.now) - Date.now();
    byId('day').textContent = frame.dayText;
    if (isNewDay) {
      cameAt.clear();
      rows.replaceChildren();
    }
    mergeRows(rows, fresh.querySelector('#rows').children, cameAt, askedAt);
    trim();
    if (isNewDay || Number(last.dataset.came) >= Number(shownLast().came) || !cameAt.has(shownLast().row)) showLast(last);
    tick();
  }

  /* ---- sound: made here, once somebody has allowed it ---- */

  const NOTES = { 'is-good': [660, 880], 'is-bad': [330, 220, 220], 'is-odd': [440, 440] };
  const NOTE_S = 0.14;
  let audio = null;

  function note(hertz, at) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.3, at + 0.01);
    volume.gain.linearRampToValueAtTime(0, at + NOTE_S);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + NOTE_S);
  }

  function beep(last) {
    const kind = Object.keys(NOTES).find((name) => last.classList.contains(name));
    if (!audio || !kind) return;
    if (audio.state === 'suspended') audio.resume();
    NOTES[kind].forEach((hertz, i) => note(hertz, audio.currentTime + i * (NOTE_S + 0.03)));
    document.querySelector('.desk').dataset.sounded = last.dataset.row;
  }

  function setSound(on) {
    if (audio) audio.close();
    audio = on ? new AudioContext() : null;
    byId('sound-on').hidden = on;
    byId('sound-off').hidden = !on;
    byId(on ? 'sound-off' : 'sound-on').focus();
    if (on) note(NOTES['is-good'][0], audio.currentTime);
  }

  if (byId('sound-on')) {
    byId('sound-on').addEventListener('click', () => setSound(true));
    byId('sound-off').addEventListener('click', () => setSound(false));
  }

  /* ---- a screen that stays on ---- */

  function stayAwake() {
    if (document.hidden || !navigator.wakeLock) return;
    navigator.wakeLock.request('screen').catch(() => {}); // as on low battery
  }

  function showFull() {
    byId('full').hidden = !document.fullscreenEnabled || Boolean(document.fullscreenElement);
  }

  byId('full').addEventListener('click', () => {
    document.documentElement.requestFullscreen().catch(() => {});
  });
  document.addEventListener('fullscreenchange', showFull);
  document.addEventListener('visibilitychange', stayAwake);

  /* ---- start ---- */

  wasClockSet();
  aheadMs = Number(frame.now) - Date.now();
  byId('tools').hidden = false;
  byId('state').hidden = false;
  showFull();
  stayAwake();
  const refresh = follow({
    stream: '/live/desk',
    feed: '/desk/feed',
    events: { punch: addPunch },
    onState: setState,
    onFeed: showFeed,
    onSignedOut: () => location.assign('/desk'),
  });
  setInterval(tick, TICK_MS);
  tick();
})();
