#!/bin/sh
# run.sh: `make fuzz`: each parser given, one after the other, and a table
#
#   FUZZ_SECONDS=60 sh tests/fuzz/run.sh zk_packet http...
#
# What libFuzzer has learnt stays in build/fuzz/corpus/, so that the next run
# goes on from there; what broke a parser is in build/fuzz/found/.  Words that
# it would hardly guess are in tests/fuzz/dict/.
set -u
cd "$(dirname "$0")/../.." || exit 1
found=build/fuzz/found
seconds=${FUZZ_SECONDS:-60}
broken=''

# run PARSER: its output goes to the log
run() {
	set -- "$1" "build/fuzz/corpus/$1" "tests/fuzz/seeds/$1"
	dict=''
	[ -e "tests/fuzz/dict/$1" ] && dict=-dict=tests/fuzz/dict/$1
	mkdir -p "$2" $found
	# shellcheck disable=SC2086
	"build/fuzz/bin/$1" -max_total_time="$seconds" -max_len=4096 \
		-timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
		-artifact_prefix="$found/$1-" \
		$dict "$2" "$3" >"build/fuzz/$1.log" 2>&1
}

# stat NAME LOG: one of libFuzzer's figures
stat() { sed -n "s/^stat::$1: *//p" "$2"; }

row() { printf '%-16s %10s %9s %7s %6s  %s\n' "$@"; }

row parser inputs per-s edges seeds result
for parser; do
	log=build/fuzz/$parser.log
	result=ok
	run "$parser" || {
		result=BROKEN
		broken="$broken $parser"
	}
	row "$parser" "$(stat number_of_executed_units "$log")" \
		"$(stat average_exec_per_sec "$log")" \
		"$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)" \
		"$(find "tests/fuzz/seeds/$parser" -type f | wc -l)" $result
done

for parser in $broken; do
	log=build/fuzz/$parser.log
	echo "$parser: the end of $log:"
	grep -v '^#[0-9]' "$log" | tail -n 40 | sed 's/^/     /'
	echo "     mend it, and keep the input as tests/fuzz/seeds/$parser/WHAT"
done
[ -z "$broken" ]
