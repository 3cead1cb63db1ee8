#!/bin/sh
# setup.sh: installs what building, running or testing lacks, and only that
#
#   sh tests/stack/setup.sh [build|run|test|fuzz|bench]    installs; run by default
#   sh tests/stack/setup.sh check                says what a build lacks
#
# It looks for commands and headers, not for packages: whoever has them from
# elsewhere (a newer Node, a compiler of their own) is not asked for Debian's.
set -u
cd "$(dirname "$0")/../.." || exit 1
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
goal=${1:-run}

# what is needed from which goal on, as what, and the package that has it
needs() {
	cat <<'TABLE'
build	command	cc			build-essential
build	command	ar			build-essential
build	command	make			build-essential
build	command	awk			mawk
build	command	pkg-config		pkg-config
build	header	fcgiapp.h		libfcgi-dev
build	header	mysql.h			default-libmysqlclient-dev
build	header	json.h			libjson-c-dev
build	header	curl/curl.h		libcurl4-openssl-dev
build	header	ini.h			libinih-dev
build	header	sodium.h		libsodium-dev
build	header	sqlite3.h		libsqlite3-dev
build	header	systemd/sd-daemon.h	libsystemd-dev
build	header	zlib.h			zlib1g-dev
build	header	event2/http.h		libevent-dev
build	header	gd.h			libgd-dev
build	header	xlsxwriter.h		libxlsxwriter-dev
build	file	/usr/share/zoneinfo/Asia/Kolkata	tzdata
build	command	node			nodejs
build	command	npm			npm
run	command	setpriv			util-linux
run	command	nginx			nginx
run	command	mariadbd		mariadb-server
run	command	mariadb-install-db	mariadb-server
run	command	mariadb			mariadb-client
run	command	curl			curl
test	header	cmocka.h		libcmocka-dev
test	command	chromium		chromium
test	command	sqlite3			sqlite3
test	command	openssl			openssl
test	file	/usr/lib/python3/dist-packages/openpyxl	python3-openpyxl
fuzz	command	clang			clang
fuzz	runtime	libclang_rt.fuzzer	libclang-rt-14-dev
bench	command	wrk			wrk
bench	command	valgrind		valgrind
TABLE
}

say() { echo "setup: $*" >&2; }

# is_needed FROM: does our goal include what is needed from FROM on?
is_needed() {
	case $goal/$1 in
	*/build | run/run | test/run | bench/run) true ;;
	test/test | fuzz/fuzz | bench/bench) true ;;
	*) false ;;
	esac
}

libraries='mysqlclient json-c libsodium libevent gdlib xlsxwriter inih libcurl
sqlite3 zlib libsystemd cmocka'

# Where the Makefile's compiler will look; without one yet, a usual place.
has_header() {
	if command -v "${CC:-cc}" >/dev/null; then
		# shellcheck disable=SC2086
		echo "#include <$1>" | "${CC:-cc}" -E -x c $cflags - \
			>/dev/null 2>&1
	else
		for place in /usr/include /usr/include/*; do
			[ -e "$place/$1" ] && return 0
		done
		return 1
	fi
}

# What clang links to a program that it fuzzes comes in a package of its own.
has_runtime() {
	set -- "$(clang -print-resource-dir 2>/dev/null)"/lib/*/"$1"*
	[ -e "$1" ]
}

# Sets `lacking` (commands and headers) and `packages`, each once.
look() {
	lacking='' packages='' cflags=''
	for library in $libraries; do
		cflags="$cflags $(pkg-config --cflags "$library" 2>/dev/null)"
	done
	while read -r from kind what package; do
		is_needed "$from" || continue
		case $kind in
		command) command -v "$what" >/dev/null && continue ;;
		header) has_header "$what" && continue ;;
		runtime) has_runtime "$what" && continue ;;
		file) [ -e "$what" ] && continue ;;
		esac
		lacking="$lacking $what"
		case " $packages " in
		*" $package "*) ;;
		*) packages="$packages $package" ;;
		esac
	done <<LIST
$(needs)
LIST
}

# Debian starts a service as it installs it.  Neither nginx on port 80 nor a
# second MariaDB is ours to start on this machine, so while apt-get works a
# policy forbids it, unless the machine has a policy of its own.
policy=/usr/sbin/policy-rc.d
hold_services() {
	case $packages in
	*nginx* | *mariadb-server*) ;;
	*) return 0 ;;
	esac
	[ -e $policy ] && return 0
	held=yes
	trap 'release_services; exit 1' HUP INT TERM
	printf '#!/bin/sh\n# of the set-up of Gymgate; goes with it\nexit 101\n' |
		$sudo tee $policy >/dev/null
	$sudo chmod 755 $policy
}

release_services() {
	[ -n "$held" ] || return 0
	$sudo rm -f $policy
	held=
	trap - HUP INT TERM
}

# How to become root without a question nobody is there to answer.
find_root() {
	sudo=
	[ "$(id -u)" = 0 ] && return 0
	command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; } &&
		sudo=sudo && return 0
	say "lacking:$lacking"
	say "no rights to install; as root, run:"
	say "  apt-get update && apt-get install -y$packages"
	exit 1
}

install() {
	if ! command -v apt-get >/dev/null; then
		say "lacking:$lacking"
		say "there is no apt-get here; in Debian they are in:$packages"
		exit 1
	fi
	find_root
	say "installing$packages"
	apt="$sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y"
	apt="$apt -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0"
	$apt update || say "the lists could not be renewed; trying all the same"
	held=
	hold_services
	# shellcheck disable=SC2086
	$apt install --no-install-recommends $packages
	failed=$?
	if [ -n "$held" ]; then
		release_services
		say "services that came with them were not started"
	fi
	[ $failed = 0 ] || {
		say "apt-get failed; lacking:$lacking"
		exit 1
	}
}

# node_modules/ carries a note of the goal and the lock file it was made for,
# so that a second run asks nobody.
node_modules() {
	case $(node --version) in
	v[0-9].* | v1[0-7].*)
		say "Node $(node --version) is too old; 18 or newer is needed"
		exit 1
		;;
	esac
	note=node_modules/.gymgate
	sum=$(cksum <package-lock.json)
	omit=--omit=dev
	[ "$goal" = test ] && omit=--include=dev
	case $(cat $note 2>/dev/null) in
	"test $sum") return 0 ;;
	"run $sum") [ "$goal" != test ] && return 0 ;;
	esac
	say "npm ci $omit"
	npm ci --ignore-scripts --no-audit --no-fund $omit || {
		say "npm could not install what package-lock.json names"
		exit 1
	}
	[ "$goal" = test ] || goal=run
	echo "$goal $sum" >$note
}

case $goal in
check)
	goal=build
	look
	[ -z "$lacking" ] && exit 0
	say "lacking:$lacking"
	say "\`make setup\` installs the packages:$packages"
	exit 1
	;;
build | run | test | fuzz | bench) ;;
*)
	say "what is '$goal'? (build, run, test, fuzz, bench or check)"
	exit 2
	;;
esac

look
if [ -n "$lacking" ]; then
	install
	hash -r
	look
	if [ -n "$lacking" ]; then
		say "still lacking:$lacking"
		exit 1
	fi
fi
node_modules
