#!/bin/sh
# run.sh: `make fuzz`: each parser given, one after the other
#
#   FUZZ_SECONDS=60 sh tests/fuzz/run.sh zk_packet http...
#
# What libFuzzer has learnt stays in build/fuzz/corpus/, so that the next run
# goes on from there; what broke a parser is in build/fuzz/found/.
set -u
cd "$(dirname "$0")/../.." || exit 1
found=build/fuzz/found
broken=0

for parser; do
	corpus=build/fuzz/corpus/$parser
	log=build/fuzz/$parser.log
	mkdir -p "$corpus" $found
	if "build/fuzz/bin/$parser" -max_total_time="${FUZZ_SECONDS:-60}" \
		-max_len=4096 -timeout=10 -rss_limit_mb=1024 \
		-print_final_stats=1 -artifact_prefix="$found/$parser-" \
		"$corpus" "tests/fuzz/seeds/$parser" >"$log" 2>&1; then
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
		edges=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
		echo "ok   $parser: $runs inputs, $edges edges"
		continue
	fi
	broken=$((broken + 1))
	echo "FAIL $parser: the end of $log:"
	grep -v '^#[0-9]' "$log" | tail -n 40 | sed 's/^/     /'
	echo "     mend it, and keep the input as tests/fuzz/seeds/$parser/WHAT"
done
[ $broken = 0 ]
