// rounds.mjs: lines of a table, each measured once a round, round after round,
// so that what disturbs the machine for a while disturbs them all
//
// A line is { name, run, beside, unit }: `run` resolves to { rate, p50_us,
// p99_us, cpu_us }, `beside` is a list of { line, least, most }: what its rate
// is divided by, and what should come of it; `most` of the line itself is a
// bound on the rate.
import { median } from './machine.mjs';

export const SECONDS = Number(process.env.BENCH_SECONDS || 4);
export const ROUNDS = Number(process.env.BENCH_ROUNDS || 3);

export const number = n => n >= 100 ? Math.round(n).toLocaleString('en') :
    n.toFixed(n < 10 ? 2 : 1);

function summary({ run, ...line }, rounds) {
	const rates = rounds.map(round => round.rate);
	const middle = rounds.find(round => round.rate === median(rates));
	return { ...line, rate: middle.rate, rates,
	    spread: (Math.max(...rates) - Math.min(...rates)) / middle.rate,
	    p50_ms: middle.p50_us && middle.p50_us / 1000,
	    p99_ms: middle.p99_us && middle.p99_us / 1000,
	    cpu_us: middle.cpu_us };
}

// A ratio is taken round by round: both sides saw the same weather.
function addRatios(lines) {
	for (const line of lines)
		line.ratios = (line.beside ?? []).map(aim => {
			const other = lines.find(l => l.name === aim.line);
			const all = line.rates.map((rate, i) =>
			    rate / other.rates[i]);
			return { ...aim, all, ratio: median(all) };
		});
	return lines;
}

export async function measureRounds(lines) {
	const rounds = lines.map(() => []);

	for (let n = 1; n <= ROUNDS; n++)
		for (const [i, line] of lines.entries()) {
			const got = await line.run();
			rounds[i].push(got);
			console.log(`round ${n}: ${line.name}: ` +
			    `${number(got.rate)}${line.unit ?? '/s'}`);
		}
	return addRatios(lines.map((line, i) => summary(line, rounds[i])));
}

// ---- the table -----------------------------------------------------------

const WIDTHS = [44, 11, 8, 8, 8, 9, 8, 8, 9];

function row(cells) {
	console.log(cells.map((cell, i) => i === 0 ?
	    String(cell ?? '').padEnd(WIDTHS[i]) :
	    String(cell ?? '').padStart(WIDTHS[i])).join('').trimEnd());
}

const isMet = (value, { least = -Infinity, most = Infinity }) =>
    value >= least && value <= most;
const aimText = ({ least, most }) => least !== undefined ?
    `>= ${least.toFixed(2)}` : most !== undefined ? `<= ${most}` : '';
const missed = (value, aim) => isMet(value, aim) ? '' : '  MISSED';

function tellLine(line) {
	row([line.name, `${number(line.rate)}${line.unit ?? ''}`,
	    `${Math.round(line.spread * 100)}%`, '', aimText(line),
	    line.p99_ms?.toFixed(1), line.cpu_us?.nginx, line.cpu_us?.worker,
	    line.cpu_us?.database]);
	if (!isMet(line.rate, line))
		console.log('  MISSED');
	for (const r of line.ratios)
		row([`  / ${r.line}`, '', '', r.ratio.toFixed(2), aimText(r),
		    missed(r.ratio, r)]);
}

export function tellTable({ cores, load, fsync_ms, processor }, lines) {
	console.log(`\n${cores} cores (${processor}), load ${load.toFixed(1)
	    } before, fsync ${fsync_ms} ms; median of ${ROUNDS} rounds of ${
	    SECONDS} s\n`);
	row(['', 'a second', 'spread', 'ratio', 'aim', 'p99 ms', 'nginx',
	    'worker', 'database']);
	for (const line of lines)
		tellLine(line);
	console.log('(spread: of the rounds; at the right microseconds of ' +
	    'processor time a request)');
}
