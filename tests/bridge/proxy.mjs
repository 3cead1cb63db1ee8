// proxy.mjs: stands between bridge and fake terminal, over TCP; it sees each
// frame, and may hold, change or swallow it
import net from 'node:net';
import { Gym } from './gym.mjs';

export const CODE = { OK: 2000, ERROR: 2001, DATA: 1501, OPTION: 11,
    CONNECT: 1000, TIME: 201, SIZES: 50, TABLE: 1503, PIECE: 1504, EVENT: 500 };
export const TABLE = { USERS: 9, LOG: 13 };

const MAGIC = 0x7d825050;	// in front of each frame, and its length
const TOP_BYTES = 8;
const HEADER_BYTES = 8;		// command, checksum, session, reply id

function checksum(packet) {
	let sum = 0;
	for (let i = 0; i < packet.length; i += 2)
		sum += packet[i] | (packet[i + 1] ?? 0) << 8;
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >>> 16);
	return ~sum & 0xffff;
}

function encode({ command, session, reply, data }) {
	const frame = Buffer.alloc(TOP_BYTES + HEADER_BYTES + data.length);
	const packet = frame.subarray(TOP_BYTES);
	frame.writeUInt32LE(MAGIC, 0);
	frame.writeUInt32LE(packet.length, 4);
	packet.writeUInt16LE(command, 0);
	packet.writeUInt16LE(session, 4);
	packet.writeUInt16LE(reply, 6);
	data.copy(packet, HEADER_BYTES);
	packet.writeUInt16LE(checksum(packet), 2);
	return frame;
}

const decode = packet => ({ command: packet.readUInt16LE(0),
    session: packet.readUInt16LE(4), reply: packet.readUInt16LE(6),
    data: Buffer.from(packet.subarray(HEADER_BYTES)) });

// Hands on each whole frame of a stream, one after the other.
function frames(socket, each) {
	let rest = Buffer.alloc(0);
	let order = Promise.resolve();
	socket.on('data', bytes => {
		rest = Buffer.concat([rest, bytes]);
		while (rest.length >= TOP_BYTES &&
		    rest.length >= TOP_BYTES + rest.readUInt32LE(4)) {
			const end = TOP_BYTES + rest.readUInt32LE(4);
			const frame = decode(rest.subarray(TOP_BYTES, end));
			rest = rest.subarray(end);
			order = order.then(() => each(frame));
		}
	});
}

// Which table a request is for, or undefined.
export const tableOf = ({ command, data }) =>
    command === CODE.TABLE ? data.readUInt16LE(1) : undefined;

export class Proxy {
	constructor(port) {
		this.to = port;
		this.asked = [];	// the requests, as they came
		this.sockets = new Set();
		// each returns the frame that goes on, or null for none, and
		// may take its time
		this.onRequest = request => request;
		this.onAnswer = (answer, request) => answer;
	}

	async start() {
		this.server = net.createServer(socket => this.meet(socket));
		await new Promise(done =>
		    this.server.listen(0, '127.0.0.1', done));
		this.port = this.server.address().port;
	}

	async stop() {
		this.cut();
		await new Promise(done => this.server.close(done));
	}

	// Ends all connections at once.
	cut() {
		for (const socket of this.sockets)
			socket.destroy();
	}

	count(command, table) {
		return this.asked.filter(request => request.command ===
		    command && tableOf(request) === table).length;
	}

	meet(client) {
		const terminal = net.connect(this.to, '127.0.0.1');
		const requests = new Map();	// by reply id
		const pass = (to, frame) => {
			if (frame && !to.destroyed)
				to.write(encode(frame));
		};
		frames(client, async frame => {
			if (frame.command !== CODE.OK) {	// of an event
				requests.set(frame.reply, frame);
				this.asked.push(frame);
			}
			pass(terminal, await this.onRequest(frame));
		});
		frames(terminal, async frame => pass(client,
		    await this.onAnswer(frame, frame.command === CODE.EVENT ?
		    {} : requests.get(frame.reply) ?? {})));
		for (const socket of [client, terminal]) {
			const other = socket === client ? terminal : client;
			this.sockets.add(socket);
			socket.on('error', () => {});
			socket.on('close', () => {
				this.sockets.delete(socket);
				other.destroy();
			});
		}
	}
}

// A gym that is not started yet, whose bridge reaches the first terminal
// through gym.proxy.
export async function openProxied(t, { terminal = {}, more = {} } = {}) {
	const gym = await Gym.open(t, { terminal, started: false });
	const proxy = gym.proxy = new Proxy(gym.terminal.port);
	await proxy.start();
	t.after(() => proxy.stop());
	gym.configure({ bridge: { zone: 'Asia/Kolkata' }, ...more,
	    'terminal t1': { port: proxy.port, transport: 'tcp',
	    ...more['terminal t1'] } });
	return gym;
}
