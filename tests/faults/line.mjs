// line.mjs: a line to a port of loopback that can be cut, stalled and led
// elsewhere
import net from 'node:net';

// Ends a socket as a fault does.  One that is ending already is only closed:
// Node would never close what the kernel will not reset any more.
export const reset = socket => socket.writableEnded ? socket.destroy() :
    socket.resetAndDestroy();

export class Line {
	// A line to 127.0.0.1:`port`; its near end is at `url`.
	static async to(port) {
		const line = new Line(port);
		await new Promise((done, fail) => {
			line.server.once('error', fail);
			line.server.listen(0, '127.0.0.1', done);
		});
		line.port = line.server.address().port;
		line.url = `http://127.0.0.1:${line.port}`;
		return line;
	}

	constructor(port) {
		this.target = port;
		this.isCut = this.isStalled = false;
		this.calls = new Set();	// [near, far] sockets
		this.nears = new Set();	// all near ends that are open
		// called with what comes back and its call; true: it passes,
		// bytes: these do in its place
		this.passes = () => true;
		this.server = net.createServer(near => this.answer(near));
	}

	answer(near) {
		this.nears.add(near);
		near.on('close', () => this.nears.delete(near));
		near.on('error', () => {});
		if (this.isCut)
			return reset(near);
		const far = net.connect(this.target, '127.0.0.1');
		const call = [near, far];

		this.calls.add(call);
		for (const [from, to] of [[near, far], [far, near]]) {
			from.on('data', part => {
				const passes = from === near ||
				    this.passes(part, call);
				if (passes)
					to.write(passes === true ? part : passes);
			});
			from.on('end', () => to.end());
			from.on('error', () => {});
			from.on('close', () => {
				this.calls.delete(call);
				to.destroy();
			});
		}
		if (this.isStalled)
			this.hold(call, true);
	}

	hold(call, isHeld) {
		for (const socket of call)
			isHeld ? socket.pause() : socket.resume();
	}

	// Every call ends; those in future, too, until heal().
	cut() {
		this.isCut = true;
		this.drop();
	}

	// Only the calls of this moment end.
	drop() {
		for (const call of this.calls)
			call.forEach(reset);
	}

	// All stay open, and nothing passes any more, until heal().
	stall() {
		this.isStalled = true;
		for (const call of this.calls)
			this.hold(call, true);
	}

	heal() {
		this.isCut = this.isStalled = false;
		for (const call of this.calls)
			this.hold(call, false);
	}

	// Where calls go from now on.
	lead(port) {
		this.target = port;
		this.drop();
	}

	async close() {
		this.cut();
		const closed = new Promise(done => this.server.close(done));
		for (const near of this.nears)
			near.destroy();
		await closed;
	}
}
