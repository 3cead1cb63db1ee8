# stmts.awk: sql/queries.sql into an enum (part=names) and texts (part=texts)
#
# "-- name: mapping_find   what it is" begins a statement, ";" at the end of a
# line ends it; other comments are left out.

BEGIN {
	if (part == "names")
		print "/* made from sql/queries.sql */"
	else
		print "/* made from sql/queries.sql */\n#include \"db/stmt.h\"\n\n" \
		      "const struct stmt stmts[STMT__COUNT] = {"
}

/^-- name: / {
	if (name != "")
		fail(name " has no ; at its end")
	name = $3
	if (name !~ /^[a-z][a-z0-9_]*$/ || name in seen)
		fail("bad or repeated name " name)
	seen[name] = 1
	text = ""
	next
}

/^[ \t]*--/ || /^[ \t]*$/ { next }

{
	if (name == "")
		fail("a statement without a name: " $0)
	line = $0
	gsub(/\\/, "\\\\", line)
	gsub(/"/, "\\\"", line)
	done = sub(/;[ \t]*$/, "", line)
	text = text "\n\t\t\"" line "\\n\""
	if (!done)
		next
	if (part == "names")
		print "STMT_" toupper(name) ","
	else
		print "\t[STMT_" toupper(name) "] = { \"" name "\"," text " },"
	name = ""
}

END {
	if (name != "")
		fail(name " has no ; at its end")
	if (part == "texts" && !failed)
		print "};"
}

function fail(message) {
	print FILENAME ":" FNR ": " message >"/dev/stderr"
	failed = 1
	exit 1
}
