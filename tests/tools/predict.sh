#!/bin/sh
# predict.sh GD — a net saved with its data, used by other processes: the same numbers to the bit,
# tables that fit and some that do not.
gd=$(realpath "$1"); folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder" || exit 1
failed=0
wrong() { echo "FAIL predict: $*"; failed=1; }
same() { [ "$(cat "$1")" = "$(cat "$2")" ] || { wrong "$3"; diff "$1" "$2" | head -5; }; }
# refuses TEXT FILE: status 65, nothing in --out, TEXT in the message
refuses() {
  "$gd" predict kinds.safetensors "$2" --out none.csv 2> told; status=$?
  [ $status = 65 ] || wrong "status $status for $2"
  grep -qF -- "$1" told || { wrong "no \"$1\" in what is told of $2:"; cat told; }
  [ -e none.csv ] && wrong "a file of predictions is left of $2"
}

cat > train.gd <<'END'
seed(4)
let kinds = ["elm", "oak", "fir"]
let soils = ["dry", "wet"]
fn height(i) = (i % 3) * 2 + uniform(1, low: -0.3, high: 0.3)[0]
let rows = ["{kinds[i % 3]},{height(i):.3f},{soils[i % 2]},{i}" for i in 0..59]
write("trees.csv", "tree,height,soil,age\n" + join(rows, "\n") + "\n")
let d = csv("trees.csv", target: "tree", kinds: (age: "keep"))
let net = chain(Standardize(d), Dense(3, 8), tanh, Dense(8, 3))
train net on (x, y) in d {
  loss: cross_entropy(net(x), y)
  optimizer: Adam(lr: 0.05)
  steps: 150
  quiet: true
}
assert(accuracy(net(d.x), d.y) > 0.95)
save(net, "kinds.safetensors", data: d)
save(net(d.x), "first.npy")
let p = softmax(net(d.x))
write("want.csv", "prediction,p=elm,p=fir,p=oak\n")
for i in 0..59 {
  append("want.csv", "{d.classes.tree[argmax(p[i])]},{p[i, 0]},{p[i, 1]},{p[i, 2]}\n")
}
let h = csv("trees.csv", target: "height", columns: ["tree"])
let line = chain(Standardize(h), Dense(3, 1))
save(line, "height.safetensors", data: h)
write("heights.csv", "prediction\n" + join(["{v}" for v in line(h.x)[:, 0]], "\n") + "\n")
let two = csv("trees.csv", target: "soil", drop: ["age", "tree"])
save(chain(Dense(1, 1), sigmoid), "soil.safetensors", data: two)
save(chain(Dense(3, 3), fn(x) = x), "own.safetensors", data: d)

fn told(net, data, name, of = fn(p) = p) {
  save(net, "{name}.safetensors", data: data)
  let p = of(net(data.x))
  let all = if shape(p)[1] == 1 { concat(1 - p, p, axis: 1) } else { p }
  save(all, "{name}.npy")
}
told(chain(Dense(1, 1), sigmoid, Flatten()), two, "ends_flat")
told(chain(Dense(1, 1), sigmoid, Dropout(0.1)), two, "ends_dropout")
told(chain(Dense(1, 1), hardsigmoid), two, "ends_hard")
told(chain(chain(Dense(1, 1), sigmoid), Flatten()), two, "ends_inner")
told(chain(Dense(3, 3), softmax, Flatten()), d, "ends_softmax")
told(chain(Dense(3, 3), sigmoid), d, "ends_each")
told(chain(Dense(1, 1), log_sigmoid, Flatten()), two, "ends_log", exp)
END
"$gd" train.gd || wrong "the training fails"

# numbers: printed with six digits by the script, so they are compared so
shorten() { awk -F, -v OFS=, '{
  for (i = 1; i <= NF; i++) if ($i ~ /^[-0-9.]+(e-?[0-9]+)?$/) $i = sprintf("%.4f", $i);
    print }' "$1"; }
"$gd" predict kinds.safetensors trees.csv > got.csv || wrong "it fails"
shorten got.csv > got; shorten want.csv > want; same got want "classes and probabilities"
"$gd" predict height.safetensors trees.csv > got.csv; shorten got.csv > got
shorten heights.csv > want; same got want "numbers"
"$gd" predict soil.safetensors trees.csv | sed -n 1p > got; echo 'prediction,p=dry,p=wet' > want
same got want "one output for two classes"
"$gd" predict soil.safetensors trees.csv | awk -F, 'NR > 1 &&
  ($2 + $3 < 0.999 || $2 + $3 > 1.001) { exit 1 }' || wrong "two probabilities do not add up"

# what a sigmoid or softmax made is not squeezed once more, whatever stands behind it
for net in flat dropout hard inner softmax each log; do
  "$gd" predict "ends_$net.safetensors" trees.csv --quiet > got.csv
  "$gd" -e "assert(all(csv(\"got.csv\", target: \"prediction\").x == npy(\"ends_$net.npy\")))" ||
    wrong "not the numbers of the net itself: $net"
done

# another process: the same bits, by load and by gd predict
cat > again.gd <<'END'
let d = csv("trees.csv", like: "kinds.safetensors")
let first = npy("first.npy")
assert(all(load("kinds.safetensors")(d.x) == first))
let p = softmax(first)
let told = csv("got.csv", target: "prediction")
print(all(told.x == p), all(told.y == argmax(p, axis: 1)))
END
"$gd" predict kinds.safetensors trees.csv > got.csv
[ "$("$gd" again.gd)" = "true true" ] || wrong "not the same bits in another process"

# threads, other order, no target, an extra column, packed: the same bytes
"$gd" predict --threads 1 kinds.safetensors trees.csv > all.csv
awk -F, -v OFS=, '{ print $3, "more", $2 }' trees.csv > other.csv
"$gd" predict kinds.safetensors other.csv --out got.csv --quiet 2> told ||
  wrong "another order fails"
same got.csv all.csv "another order, without a target"; [ -s told ] && wrong "--quiet tells"
"$gd" predict kinds.safetensors other.csv 2>&1 > got.csv |
  grep -q "extra columns are ignored: more" || wrong "the extra column is not told"
gzip -c trees.csv > trees.csv.gz; "$gd" predict kinds.safetensors trees.csv.gz > got.csv
same got.csv all.csv "packed"

# --keep repeats the cells as they stand; a row alone gives what it gives among others
"$gd" predict kinds.safetensors trees.csv --keep > got.csv; cut -d, -f1-4 got.csv > got
same got trees.csv "the cells that are kept"
cut -d, -f5- got.csv > got; same got all.csv "predictions beside the cells that are kept"
{ sed -n 1p trees.csv; sed -n 7p trees.csv; } > row.csv; "$gd" predict kinds.safetensors row.csv |
  sed -n 2p > got; sed -n 7p all.csv > want; same got want "one row"

# f64: the columns are too large for f32, and nothing is rounded on the way
cat > fine.gd <<'END'
precision(f64)
write("fine.csv", "at,y\n" + join(["{1700000055 + i},{i}" for i in 0..9], "\n") + "\n")
let d = csv("fine.csv", target: "y")
let net = chain(Standardize(d), Dense(1, 1))
save(net, "fine.safetensors", data: d)
save(net(d.x), "fine.npy")
END
cat > fine_again.gd <<'END'
let want = npy("fine.npy")
let net = load("fine.safetensors")
precision(f64)
let d = csv("fine.csv", like: "fine.safetensors")
print(all(net(d.x) == want), all(csv("told.csv").x == want))
END
"$gd" fine.gd && "$gd" predict fine.safetensors fine.csv > told.csv
[ "$("$gd" fine_again.gd)" = "true true" ] || wrong "a net in f64 gives other numbers"

# a table of numbers: what was found is told, and what helps is an option of this command
printf 'a;b\n1;\n3;4\n' > half.csv
"$gd" data convert half.csv half.npy > /dev/null 2> told && wrong "a missing cell is converted"
grep -qF -- '--missing drop' told || wrong "--missing drop is not told"
"$gd" data convert --missing drop half.csv half.npy > /dev/null 2> told
grep -q 'separated by semicolons; 1 of 2 rows dropped' told ||
  wrong "what was found in the table that is converted is not told"
printf '1,2\n3,4\n' > bare.csv
"$gd" data convert bare.csv bare.npy > /dev/null 2> told
grep -qF -- '--no-header' told || wrong "--no-header is not told"
"$gd" data convert --no-header --target 0 bare.csv bare.npy > got
grep -q '^bare.npy: 2 rows of 2 columns' got || wrong "a table without a header is not converted"

"$gd" data convert --no-header --target -1 bare.csv bare.npy > got
[ "$(tail -n 1 got)" = "1 1" ] || wrong "--target -1 is not the last column"

# a column of the table that is named like a predicted one stays
sed '1s/$/,prediction/; 2,$s/$/,0/' fine.csv > again.csv
"$gd" predict fine.safetensors again.csv --keep --quiet | sed -n 1p > got
grep -q ',prediction,prediction_2$' got || wrong "two columns have the name of the prediction"

# no input is overwritten, under whichever name
ln -s bare.csv link.csv
cp bare.csv kept.csv
for to in bare.csv ./bare.csv link.csv; do
  "$gd" data convert --no-header bare.csv "$to" > /dev/null 2> told &&
    wrong "a table is converted to itself"
  grep -qF 'would be overwritten' told || wrong "that a table would be overwritten is not said"
done
same bare.csv kept.csv "a table that was to be overwritten"
cp fine.csv again.csv
for to in again.csv fine.safetensors; do
  "$gd" predict fine.safetensors again.csv --out "$to" 2> told && wrong "predictions replace $to"
  grep -qF 'would be overwritten' told || wrong "that $to would be overwritten is not said"
done

# a class that nobody declared, and a gap where training data had none
cat > odd.gd <<'END'
write("odd.csv", "a,y\nu,0\nv,1\nu,2\n")
let d = csv("odd.csv", target: "y", missing: "class")
save(chain(Standardize(d), Dense(2, 3)), "odd.safetensors", data: d)
write("gap.csv", "a\nu\n?\n")
END
"$gd" odd.gd && "$gd" predict odd.safetensors odd.csv > got 2> told
grep -qF 'kinds: (y: "class")' told || wrong "scores of a target that is numbers are not told"
"$gd" predict odd.safetensors gap.csv > got 2> told; grep -q 'missing: "drop"' told &&
  wrong "what is told of a gap is no option of gd predict"

# what does not fit
sed '9s/wet\|dry/mud/' trees.csv > mud.csv; refuses 'line 9' mud.csv
refuses 'does not have' mud.csv
cut -d, -f1,2,4 trees.csv > less.csv; refuses '"soil"' less.csv
sed '5s|,[^,]*,|,tall,|' trees.csv > tall.csv; refuses '"tall" in column "height"' tall.csv
refuses 'line 5 column 5' tall.csv
sed '5s|,[^,]*,|,,|' trees.csv > hole.csv; refuses 'complete the cell or leave the row out' hole.csv
sed -n 1p trees.csv > none; refuses 'no row' none
"$gd" predict own.safetensors trees.csv 2> told &&
  wrong "a net with a function of its own is rebuilt"
grep -q 'cannot be rebuilt: it was made with the function' told ||
  wrong "why a net cannot be rebuilt is not told"
"$gd" predict trees.csv 2> /dev/null; [ $? = 2 ] || wrong "a table without a net is no wrong use"
[ $failed = 0 ] && echo "predict: the same numbers in another process, what does not fit is refused"
exit $failed
