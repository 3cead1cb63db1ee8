// viewer.mjs: somebody who watches, as the pages' own scripts do
//
// Opens the stream, fetches the feed at every open and every `refresh`, drops
// rows it has, and comes again when the stream ends.
import { pause } from '../stack/wait.mjs';

const ROW = /<li id="([ai]\d+)"[^]*?<\/li>/g;

export class Viewer {
	// stack    that it looks at
	// cookie   whose eyes it has
	// events, feed  addresses of the stream and of what it shows
	// onRow    is told of each row that comes live: its HTML
	// keepAll  keeps every byte that it was sent, in `text` (true)
	constructor(stack, cookie, { events = '/live/events', feed = '/feed',
	    onRow = () => {}, keepAll = true } = {}) {
		Object.assign(this, { stack, events, feed, onRow, keepAll,
		    opened: 0, rows: new Map(), text: '', twice: [],
		    isOpen: false });
		this.headers = { headers: { Cookie: cookie } };
		this.ended = this.run();
	}

	close() {
		this.isClosed = true;
		this.stream?.close();
		return this.ended;
	}

	async run() {
		while (!this.isClosed) {
			await this.follow().catch(() => {});	// it is away
			this.stream?.close();
			this.isOpen = false;
			// as the pages: not all in the same moment
			await pause(20 + Math.random() * 100);
		}
	}

	async follow() {
		const sent = new Set();	// by this stream
		let isGone;
		const gone = new Promise(done => { isGone = done; });

		this.stream = await this.stack.events(this.events, {
		    ...this.headers, onEnd: isGone,
		    onEvent: event => this.hear(event, sent) });
		if (this.stream.status !== 200)
			return;
		this.opened++;
		this.isOpen = await this.refresh();
		await gone;
	}

	hear({ event, data }, sent) {
		if (this.keepAll)
			this.text += data;
		if (event === 'refresh')
			this.refresh();
		if (event !== 'punch')
			return;
		this.onRow(data);
		for (const id of this.merge(data)) {
			if (sent.has(id))
				this.twice.push(id);
			sent.add(id);
		}
	}

	// What the page shows, asked for until it is answered.
	async refresh() {
		const stream = this.stream;
		while (!this.isClosed && !stream.ended) {
			const got = await this.stack.request('GET', this.feed,
			    this.headers).catch(() => null);
			if (got?.status === 200) {
				if (this.keepAll)
					this.text += got.text;
				this.merge(got.text);
				return true;
			}
			await pause(50);
		}
		return false;
	}

	merge(html) {
		const found = [...html.matchAll(ROW)];
		for (const [text, id] of found)
			this.rows.set(id, text);
		return found.map(([, id]) => id);
	}
}
