#!/bin/sh
# emulated.sh GD GOLDEN KERNEL FOLDER EXAMPLE... — isa.sh on a processor that this machine does not
# have: in Bochs, an emulator of x86 down to AVX-512.  KERNEL is a Linux kernel without modules, as
# in Debian's linux-image-cloud-amd64 (boot/vmlinuz-…); FOLDER gets the disk and what the emulated
# machine says on its serial line.  Needs bochs with bochs-term, busybox-static, cpio, isolinux,
# xorriso and script (README.md beside tests says more).  By hand: an emulated second takes minutes.
# SETS, UNITS (a test program and its filter) and CPU (`bochs --help cpu`) choose.
set -e
gd=$1 golden=$2 kernel=$3; mkdir -p "$4"; folder=$(realpath "$4"); shift 4
here=$(realpath "$(dirname "$0")"); root=$folder/root; disk=$folder/disk
rm -rf "$root" "$disk"; mkdir -p "$root/bin" "$root/gd/tests" "$root/gd/examples" "$disk"

# with_libraries PROGRAM — and OpenBLAS, which gd loads by itself
with_libraries() {
  cp "$1" "$root/gd/"
  ldd "$1" | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) .*/\1/p' |
    while read -r library; do
    mkdir -p "$root$(dirname "$library")"; cp -L "$library" "$root$library"
  done
}
with_libraries "$gd"
[ "$golden" = none ] || with_libraries "$golden"
for unit in ${UNITS%% *}; do with_libraries "$unit"; done
blas=$(ldconfig -p | sed -n 's/.*libopenblas\.so\.0 .*=> //p' | head -1)
[ -z "$blas" ] || { with_libraries "$blas"; mkdir -p "$root$(dirname "$blas")"
  cp -L "$blas" "$root$blas"; rm "$root/gd/$(basename "$blas")"; }
cp -r "$here" "$here/../scripts" "$root/gd/tests/"
for example in "$@"; do cp "$example" "$root/gd/examples/"; done
[ $# = 0 ] || cp "$(dirname "$1")"/*.csv "$root/gd/examples/"
cp /bin/busybox "$root/bin/"

cat > "$root/init" <<END
#!/bin/busybox sh
/bin/busybox --install -s /bin
for at in proc sys dev tmp; do mkdir -p /\$at; done
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp
mkdir -p /dev/shm; mount -t tmpfs shm /dev/shm
cd /gd
for word in avx2 avx512f avx512dq avx512bw avx512vl; do
  grep -qw \$word /proc/cpuinfo || echo "emulated: the processor has no \$word"
done
SETS="${SETS:-avx2 avx512}" V=1 sh tests/tools/isa.sh ./gd \
  $([ "$golden" = none ] && echo none || echo "./$(basename "$golden")") \
  $([ $# = 0 ] || echo 'examples/*.gd')
echo "emulated: status \$?"
${UNITS:+GD_ISA=avx512 ./$(basename "${UNITS%% *}") ${UNITS#* }
echo "emulated: unit tests: status \$?"}
sleep 3; poweroff -f
END
chmod +x "$root/init"
(cd "$root" && find . | cpio -o -H newc --quiet | gzip -1) > "$disk/initrd"
cp "$kernel" "$disk/linux"
cp /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 "$disk/"
# The kernel believes an XSAVE area of the compacted form to be of another size than Bochs does, and
# would do without AVX.
cat > "$disk/isolinux.cfg" <<END
DEFAULT gd
PROMPT 0
LABEL gd
 KERNEL /linux
 APPEND initrd=/initrd console=ttyS0 rdinit=/init clearcpuid=xsaves,xsavec \
mitigations=off nokaslr tsc=reliable quiet
END
xorriso -as mkisofs -quiet -o "$folder/disk.iso" -b isolinux.bin -c boot.cat -no-emul-boot \
  -boot-load-size 4 -boot-info-table "$disk" 2>/dev/null

rm -f "$folder/said"
cat > "$folder/bochsrc" <<END
display_library: term
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
cpu: model=${CPU:-corei7_skylake_x}, count=1, ips=1000000000, reset_on_triple_fault=0
megs: 2000
clock: sync=none
boot: cdrom
ata0: enabled=1
ata0-master: type=cdrom, path=$folder/disk.iso, status=inserted
com1: enabled=1, mode=file, dev=$folder/said
sound: driver=dummy
speaker: enabled=0
log: $folder/log
panic: action=fatal
error: action=ignore
info: action=ignore
END
# Debian's Bochs has its debugger, which waits for `c`; and it shows its screen on a terminal of its
# own, which somebody must read.
echo c > "$folder/commands"; rm -f "$folder/keys"; mkfifo "$folder/keys"; exec 3<>"$folder/keys"
TERM=xterm script -qfc "${BOCHS:-bochs} -q -f '$folder/bochsrc' -rc '$folder/commands'" /dev/null \
  <&3 >"$folder/screen" 2>&1 &
until screen=$(grep -a -o '"/dev/pts/[0-9]*"' "$folder/screen" |
  tr -d '"' | grep .) || ! kill -0 $!; do sleep 1; done
cat "$screen" >/dev/null 2>&1 || true
wait $! || true
tr -d '\r' < "$folder/said" | grep -a -E '^(emulated|isa|FAIL|\[(====|FAIL|----))'
tr -d '\r' < "$folder/said" | grep -qa '^emulated: status 0'
