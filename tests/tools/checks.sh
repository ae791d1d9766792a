#!/bin/sh
# checks.sh — `gd check` must not condemn what runs, and must find what it can know.
#
#   checks.sh GD SCRIPTS-FOLDER [EXAMPLE.gd...]
#
# Every golden script that is run as it stands and ends with status 0, and every example, must check
# without a word, but for warnings that the script expects: `# expect stderr: TEXT`, of the run too,
# or `# warned: TEXT`, of the check alone.  Every golden script of FINDS, whose mistake is one of
# names, arity or known shapes, must be refused at the line that its `expect error` stands in.
# Golden scripts find their imports and data from their own folder, examples from anywhere.
gd=$(realpath "$1") scripts=$2
shift 2
FINDS='shapes/*.gd faults/C9_*.gd expressions/broadcast_restraint*.gd
  expressions/matrix_product_shapes.gd expressions/shapes_differ.gd expressions/call_*.gd
  expressions/too_many_indices.gd expressions/index_out_of_range.gd
  values/arity_checked_before_running.gd values/checked_before_running.gd
  values/tuple_no_field.gd loss/no_silent_broadcast.gd loss/not_scalar.gd model/wrong_input.gd
  model/unknown_part.gd'
told=$(mktemp) passed=0 failed=0
trap 'rm -f "$told"' EXIT

fail() {
  failed=$((failed + 1))
  echo "FAIL check $1  $2"
}

runs_well() { ! grep -qE '^# (check|command:|status:|skip:|stdin:)|# expect error' "$1"; }

# Is each warning one that the script expects?
expected() { # SCRIPT
  awk 'FNR == NR { if (sub(/.*# (expect stderr|warned): /, "")) wanted[++count] = $0; next }
    /^warning: / { known = 0; for (i = 1; i <= count; i++) if (index($0, wanted[i])) known = 1
      if (!known) exit 1 }' "$1" "$told"
}

clean() { # FOLDER SCRIPT
  if (cd "$1" && "$gd" check "$2") > "$told" 2>&1 && expected "$1/$2"; then passed=$((passed + 1))
  else fail "$2" "$(head -n 2 "$told" | tr '\n' ' ')"
  fi
}

for script in "$@"; do clean / "$(realpath "$script")"; done
for script in $(find "$scripts" -name '*.gd' ! -path '*/parts/*' | sort); do
  if runs_well "$script"; then clean "$(dirname "$script")" "$(basename "$script")"; fi
done

for script in $(cd "$scripts" && ls $FINDS); do
  line=$(grep -n '# expect error' "$scripts/$script" | head -n 1 | cut -d: -f1)
  [ -n "$line" ] || continue
  if (cd "$(dirname "$scripts/$script")" && "$gd" check "$(basename "$script")") > "$told" 2>&1;
    then fail "$script" "nothing is found"
  elif grep -q ":$line:" "$told"; then passed=$((passed + 1))
  else fail "$script" "line $line is not named: $(head -n 2 "$told" | tr '\n' ' ')"
  fi
done

echo "checks: $passed passed, $failed failed"
[ "$failed" = 0 ]
