#!/usr/bin/env bash
# The shell steps of action.yml: `action.sh install`, then `action.sh run`.
#
# Inputs arrive as environment variables INPUT_*, never as text of a command, and are passed on
# quoted: nothing in them is expanded or split, but `arguments`, which xargs splits without a shell.
# Runs with bash 3.2, too, which macOS has.
set -euo pipefail

# Nobody can guess it: it ends what must not be read as a command or an output.
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')

# An environment of our own, so that the job's stays what it was; without one what is on the PATH.
home=${RUNNER_TEMP:+$RUNNER_TEMP/createmodel-conformance}
[[ -z $home ]] || export PATH="$home/bin:$PATH"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

output() { # NAME VALUE
	printf '%s<<%s\n%s\n%s\n' "$1" "$token" "$2" "$token" >>"${GITHUB_OUTPUT:-/dev/null}"
}

refuse() { # SENTENCE, which must not quote an input
	echo "::error title=createmodel-conformance::$1"
	output exit-code 2
	exit 2
}

install() {
	"${INPUT_PYTHON:-python3}" -m venv --clear "${home:?RUNNER_TEMP is not set}"
	hash -r
	python -m pip install --quiet --disable-pip-version-check "$GITHUB_ACTION_PATH"
}

run() {
	local out=${INPUT_OUT:-conformance-results} fail_on=${INPUT_FAIL_ON:-new} code=0 each
	local -a options=()

	[[ -n ${INPUT_TARGET:-} ]] || refuse 'the input target is empty'
	[[ $fail_on == new || $fail_on == never ]] || refuse 'the input fail-on is new or never'
	[[ $out != *$'\n'* ]] || refuse 'the input out is one line'

	if [[ -n ${INPUT_ARGUMENTS:-} ]]; then
		xargs printf '%s\0' <<<"$INPUT_ARGUMENTS" >"$scratch/arguments" 2>/dev/null ||
			refuse 'the input arguments has a quote without its partner'
		while IFS= read -r -d '' each; do
			[[ -z $each ]] || options+=("$each") # of nothing but spaces xargs makes one empty word
		done <"$scratch/arguments"
	fi
	while read -r each; do
		[[ -z $each ]] || options+=("--select=$each")
	done <<<"${INPUT_SELECT:-}"
	[[ -z ${INPUT_SEED:-} ]] || options+=("--seed=$INPUT_SEED")
	[[ -z ${INPUT_ACCOUNT:-} ]] || options+=("--account=$INPUT_ACCOUNT")
	[[ -z ${INPUT_KNOWN:-} ]] || options+=("--known=$INPUT_KNOWN")
	options+=("--depth=${INPUT_DEPTH:-quick}" "--out=$out")

	# What a target sent may be quoted in the output: it must not be obeyed. One stream, because the
	# runner reads two in no order.
	echo "::stop-commands::$token"
	touch "$scratch/begun"
	createmodel-conformance run "${options[@]}" -- "$INPUT_TARGET" 2>&1 || code=$?
	if [[ $out/events.ndjson -nt $scratch/begun ]]; then # else they are an earlier run's
		report "$out" "$scratch/commands" 2>&1
	fi
	echo "::$token::"
	[[ ! -f $scratch/commands ]] || cat "$scratch/commands"
	output exit-code "$code"

	case $fail_on:$code in never:[013]) exit 0 ;; esac
	exit "$code"
}

report() { # FOLDER COMMANDS
	local -a options=("--github=$2")
	[[ -z ${INPUT_KNOWN:-} ]] || options+=("--known-path=$INPUT_KNOWN")
	createmodel-conformance report "${options[@]}" -- "$1" >/dev/null || true
	output results "$1"
	if [[ -f $1/report.json ]]; then
		output verdict "$(sed -n 's/^ "verdict": "\([a-z]*\)",$/\1/p' <"$1/report.json")"
		cat <"$1/summary.md" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
	fi
}

case ${1:-} in
install | run) "$1" ;;
*)
	echo "usage: action.sh install | run" >&2
	exit 2
	;;
esac
