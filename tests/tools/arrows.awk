# arrows.awk — who calls whom, by the symbols of the object files: arrows between rooms that point
# up, and circles of objects.
#
#   nm -A -g -P OBJECT… |
#     awk -f tests/tools/arrows.awk [-v objects=PREFIX] [-v show=TREE] tests/tools/rooms.txt -
#
# An arrow leads from the object that needs a symbol to the one that defines it, one arrow for a
# pair of objects however many symbols it has.  Includes say what a file may use; symbols say what
# it does use, whoever declared it.
#
# rooms.txt has the rooms from the ground up, a line each:
#
#   tree NAME ARROWS CIRCLE    what follows belongs to this tree, in which at most ARROWS arrows may
#                              point up, and no circle may have more than CIRCLE objects (a circle
#                              of one is none); `-`: count, but do not judge
#   room NAME PATTERN…         objects without their .o, relative to PREFIX; `*` is anything; an
#                              object belongs to the first that fits
#
# An arrow points up when the room it leads to stands below the one it comes from in rooms.txt, in
# the same tree or in a later one. A circle is a set of objects in which each reaches each (a
# strongly connected component), rooms or not.
#
# A tree is one line of counts; what goes past a limit, or everything in the tree `show` (`all`: in
# each), is listed, circles with the arrows inside them.  The status is 1 when a limit is passed, an
# object has no room, or there were no objects.

FNR == 1 { part++ }
part == 1 && ($1 == "" || $1 ~ /^#/) { next }
part == 1 && $1 == "tree" {
  trees[++tree_count] = $2
  arrows_most[$2] = $3
  circle_most[$2] = $4
  next
}
part == 1 && $1 == "room" {
  rooms++
  for (i = 3; i <= NF; i++) {
    pattern[++pattern_count] = as_expression($i)
    pattern_room[pattern_count] = $2
    pattern_tree[pattern_count] = trees[tree_count]
    pattern_height[pattern_count] = rooms
  }
  next
}
part == 1 { finding("rooms.txt: " $0 ": neither tree nor room"); next }

# PATH.o: NAME TYPE …
{
  object = $1
  sub(/:$/, "", object)
  sub(/\.o$/, "", object)
  if (objects != "" && index(object, objects) == 1) object = substr(object, length(objects) + 1)
  if (!(object in room)) enter(object)
  if ($3 == "U" || $3 == "w" || $3 == "v") { needs[++need_count] = object; needed[need_count] = $2 }
  else owner[$2] = object
}

END {
  if (!count) finding("arrows: no objects")
  for (i = 1; i <= need_count; i++)
    if ((needed[i] in owner) &&
      owner[needed[i]] != needs[i]) add_arrow(needs[i], owner[needed[i]], needed[i])
  find_circles()
  for (t = 1; t <= tree_count; t++) tell(trees[t])
  exit failed
}

function finding(text) { print text; failed = 1 }

function as_expression(glob) {
  gsub(/[.+]/, "[&]", glob)
  gsub(/\*/, ".*", glob)
  return "^" glob "$"
}

function enter(object,   i) {
  names[++count] = object
  room[object] = ""
  for (i = 1; i <= pattern_count; i++)
    if (object ~ pattern[i]) {
      room[object] = pattern_room[i]
      tree[object] = pattern_tree[i]
      height[object] = pattern_height[i]
      sizes[pattern_tree[i]]++
      return
    }
  finding(object ": belongs to no room of rooms.txt")
}

function add_arrow(from, to, symbol) {
  if (!((from, to) in symbols)) {
    after[from, ++after_count[from]] = to
    before[to, ++before_count[to]] = from
  }
  symbols[from, to] = symbols[from, to] " " symbol
}

# An object's circle: what it reaches, as far as that reaches it too.
function find_circles(   i, k, object) {
  for (i = 1; i <= count; i++) {
    object = names[i]
    if (object in circle) continue
    spread(object, after, after_count, reached)
    spread(object, before, before_count, reaching)
    for (k = 1; k <= count; k++)
      if ((names[k] in reached) && (names[k] in reaching)) { circle[names[k]] = object;
        members[object]++ }
  }
}

function spread(start, next_of, next_count, seen,   queue, first, last, i, object) {
  split("", seen)
  queue[last = 1] = start
  seen[start] = 1
  for (first = 1; first <= last; first++) {
    object = queue[first]
    for (i = 1; i <= next_count[object]; i++)
      if (!(next_of[object, i] in seen)) { seen[next_of[object, i]] = 1;
        queue[++last] = next_of[object, i] }
  }
}

function tell(name,   i, k, from, to, total, up, largest, circles, up_list, circle_list, too_many,
  too_large) {
  for (i = 1; i <= count; i++) {
    from = names[i]
    if (tree[from] != name) continue
    for (k = 1; k <= after_count[from]; k++) {
      to = after[from, k]
      total++
      if (height[to] > height[from]) {
        up++
        up_list = up_list "  up: " from " (" room[from] ") -> " to " (" room[to] "):" \
          symbols[from, to] "\n"
      }
    }
    if (circle[from] != from || members[from] < 2) continue
    circles++
    if (members[from] > largest) largest = members[from]
    circle_list = circle_list circle_text(from)
  }
  too_many = arrows_most[name] != "-" && up + 0 > arrows_most[name] + 0
  too_large = circle_most[name] != "-" && largest + 0 > circle_most[name] + 0
  printf "arrows: %s: %d objects, %d arrows, %d up, %s\n", name, sizes[name], total, up,
    circles ? circles (circles == 1 ? " circle" : " circles") ", the largest of " largest \
            : "no circle"
  if (too_many || show == name || show == "all") printf "%s", up_list
  if (too_large || show == name || show == "all") printf "%s", circle_list
  if (too_many) finding("arrows: " name ": " up " arrows point up; " arrows_most[name] " may")
  if (too_large)
    finding("arrows: " name ": a circle of " largest " objects; " circle_most[name] " is the most")
}

function circle_text(start,   i, k, text, inside) {
  text = "  circle of " members[start] ":"
  for (i = 1; i <= count; i++) {
    if (circle[names[i]] != start) continue
    text = text " " names[i]
    for (k = 1; k <= after_count[names[i]]; k++)
      if (circle[after[names[i], k]] == start)
        inside = inside "    " names[i] " -> " after[names[i], k] ":" symbols[names[i],
          after[names[i], k]] "\n"
  }
  return text "\n" inside
}
