#!/bin/sh
# lint.sh: what the compiler does not see; a line a check, as TAP
set -u
cd "$(dirname "$0")/../.." || exit 1
number=0 failed=0

# check WHAT FOUND: passes when nothing was found
check() {
	number=$((number + 1))
	if [ -z "$2" ]; then
		echo "ok $number - $1"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $number - $1"
	echo "$2" | sed 's/^/# /'
}

# skip WHAT WHY: a check that cannot be made here
skip() {
	number=$((number + 1))
	echo "ok $number - $1 # skip $2"
}

# only HEADER FILE...: the one place (or few) that may include it
only() {
	header=$1
	shift
	found=$(grep -rln --include='*.[ch]' \
		"^#[ 	]*include *<\(.*/\)*$header" cgi bridge tests)
	for file; do
		found=$(echo "$found" | grep -vx "$file")
	done
	check "$header is included by $* only" "$found"
}

# what else lies there is a stray, as of a fuzzer
if git rev-parse --git-dir >/dev/null 2>&1; then
	check 'the top level is as it was laid out' "$(git ls-files |
		sed 's|/.*||' | sort -u | grep -vxE '\.[a-z-]+|LICENSE|Makefile|README\.md|bridge|cgi|html|nginx|package(-lock)?\.json|sql|tests')"
else
	skip 'the top level is as it was laid out' 'no git repository'
fi

only mysql.h cgi/db/db.c tests/bench/ceiling.c
only fcgiapp.h cgi/http/fcgi.c tests/bench/ceiling.c
only curl.h cgi/base/fetch.c
only sqlite3.h bridge/spool.c
only 'event2/.*' cgi/http/stream.c
only sodium.h cgi/gym/secret.c
only gd.h cgi/gym/photo.c tests/unit/test_photo.c
only ini.h cgi/base/conf.c
only xlsxwriter.h cgi/base/sheet_xlsx.c
only 'systemd/.*' bridge/notify.c

check 'nothing in html/ escapes escaping' \
	"$(grep -rn '{{{\|{{ *&' html --include='*.html')"
check 'no inline script or style: the CSP refuses them' \
	"$(grep -rniE '<script>|<style|[[:space:]]on[a-z]+="|[[:space:]]style="' \
	html --include='*.html')"
check 'a section of the stylesheet begins where all before it is closed' \
	"$(awk '/^\/\* ---- / && depth { print FILENAME ":" FNR; exit }
	{ depth += gsub(/{/, "") - gsub(/}/, "") }
	END { if (depth) print FILENAME ": the end" }' html/static/gymgate.css)"
check 'no line of C is wider than 100 columns (80 is meant)' \
	"$(find cgi bridge tests -name '*.[ch]' | while read -r file; do
	expand "$file" | awk -v file="$file" \
	'length($0) > 100 { print file ":" NR }'; done)"
check 'the first line of a file says what it is' \
	"$(find cgi bridge tests -name '*.[ch]' | while read -r file; do
	head -n 1 "$file" | grep -q "^/\* $(basename "$file"): " ||
	echo "$file"; done)"
check 'base/ knows nothing of the rest' \
	"$(grep -n '#include "' cgi/base/*.[ch] | grep -v '"base/')"
check 'http/ does not know gym/, nor gym/ http/' \
	"$(grep -n '#include "\(gym\|pages\|api\)/' cgi/http/*.[ch]
	grep -n '#include "\(http\|pages\|api\)/' cgi/gym/*.[ch])"
check 'bridge/ and cgi/ meet in base/ only' \
	"$(grep -n '#include "\(http\|gym\|db\|pages\|api\)/' bridge/*.[ch]
	grep -rn '#include "\(bridge\|zk_\|spool\|post\|terminal\)' cgi)"
# what only POSIX has, and where in bridge/ it is (pthreads are everywhere)
posix='arpa/inet|dirent|fcntl|iconv|net/.*|netdb|netinet/.*|poll|pwd|signal'
posix="$posix|strings|sys/.*|termios|unistd"
check 'bridge/ keeps POSIX in few files' \
	"$(grep -lE "^#include <($posix)\.h>" bridge/*.[ch] | grep -vxE \
	'bridge/(doctor[a-z_]*|identity|resolve|run|spool_file|users|zk_link)\.c')"
check 'SQL knows no time of its own: it comes from the clock' \
	"$(grep -niE '\b(NOW|CURDATE|CURTIME|SYSDATE|CONVERT_TZ|UTC_TIMESTAMP)\(|CURRENT_TIMESTAMP' \
	sql/queries.sql 2>/dev/null)"

# keys TABLE SAMPLE: the keys that only one of a program and its sample knows
keys() {
	{
		sed -n 's/^	{ "[a-z]*", "\([a-z_]*\)", CONF_.*/\1/p' "$1" | sort -u
		sed -n 's/^#\{0,1\}\([a-z_]*\) =.*/\1/p' "$2" | sort -u
	} | sort | uniq -u | sed "s|^|$2: |"
}
check 'sample configurations explain every key, and no other' \
	"$(keys cgi/gym/site.c cgi/etc/gymgate.conf
	keys bridge/setup.c bridge/etc/gymgate-bridge.conf)"

flags='-std=c11 -D_GNU_SOURCE -Icgi -Ibridge -I. -Ibuild/gen'
for library in mysqlclient json-c libsodium libevent gdlib xlsxwriter inih \
	libcurl sqlite3 zlib libsystemd; do
	flags="$flags $(pkg-config --cflags $library)"
done
check 'every header compiles alone' \
	"$(find cgi bridge tests -name '*.h' | while read -r file; do
	# shellcheck disable=SC2086
	"${CC:-cc}" $flags -Wall -fsyntax-only -x c "$file" 2>&1 |
	grep -v 'pragma once in main file' | head -n 3; done)"

# templates are no HTML yet: what they become is validated by a test
if [ -x node_modules/.bin/html-validate ]; then
	check 'static pages are valid HTML' "$(find html/static -name '*.html' \
		-exec node_modules/.bin/html-validate -f text \
		--rule doctype-style:off {} + 2>&1)"
else
	skip 'static pages are valid HTML' 'no html-validate'
fi

echo "1..$number"
[ $failed = 0 ]
