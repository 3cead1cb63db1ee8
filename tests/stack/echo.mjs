// echo.mjs: a worker that answers what nginx told it, and bytes that are no HTTP
import net from 'node:net';

// A worker that answers what it was told: the parameters, and the length of
// the body; the bare minimum of FastCGI.  `each` is called with them first.
export function echoWorker(stack, each = () => {}) {
	const record = (type, body) => Buffer.concat([Buffer.from(
	    [1, type, 0, 1, body.length >> 8, body.length & 255, 0, 0]), body]);
	const lengthAt = (b, at) => b[at] < 128 ? [b[at], at + 1] :
	    [b.readUInt32BE(at) & 0x7fffffff, at + 4];
	const pairs = bytes => {
		const found = {};
		for (let at = 0; at < bytes.length;) {
			let name, value;
			[name, at] = lengthAt(bytes, at);
			[value, at] = lengthAt(bytes, at);
			found[bytes.subarray(at, at + name)] =
			    bytes.subarray(at + name, at + name + value)
			    .toString();
			at += name + value;
		}
		return found;
	};
	const server = net.createServer(socket => {
		let data = Buffer.alloc(0), told = Buffer.alloc(0), body = 0;
		socket.on('error', () => {});
		socket.on('data', part => {
			data = Buffer.concat([data, part]);
			while (data.length >= 8) {
				const size = data.readUInt16BE(4);
				const end = 8 + size + data[6], type = data[1];
				if (data.length < end)
					return;
				const content = data.subarray(8, 8 + size);
				data = data.subarray(end);
				if (type === 4)
					told = Buffer.concat([told, content]);
				body += type === 5 ? size : 0;
				if (type !== 5 || size !== 0)
					continue;
				const answer = JSON.stringify({ ...pairs(told),
				    body });
				each(pairs(told));
				socket.end(Buffer.concat([record(6, Buffer.from(
				    `Content-Type: application/json\r\n\r\n${
				    answer}`)), record(6, Buffer.alloc(0)),
				    record(3, Buffer.alloc(8))]));
			}
		});
	});
	return new Promise(done =>
	    server.listen(`${stack.sockets}/web.sock`, () => done(server)));
}

// Sends bytes as they are; resolves, once the connection is closed, to all that
// nginx answered.  `isShort`: we close it when the first of that is here.
export function raw(stack, text, { isShort = false } = {}) {
	return new Promise((done, fail) => {
		const socket = net.connect(stack.port, '127.0.0.1');
		let got = '';
		socket.on('data', part => {
			got += part;
			if (isShort)
				socket.destroy();
		});
		socket.on('error', fail);
		socket.on('close', () => done(got));
		socket.write(text);
	});
}
