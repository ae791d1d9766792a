#!/bin/bash
# hosts.sh GD — three hosts, one of which is cut off in the middle of a training; by hand, as root.
#
# Each host is a network namespace with an address of its own on one bridge, and a host name of its
# own, so that MPI goes over TCP.  First a training by every mpirun that is installed, held against
# one process; then the third host's cable is pulled: within the timeout and a step process 0 names
# it and the checkpoint is whole; a resumed run on two processes gives the untouched one's model.
# Open MPI's mpirun waits for its own daemon on a host that is cut off, and is ended here.
gd=$(realpath "$1") script=$(realpath tests/tools/processes.gd)
[ "$(id -u)" = 0 ] && ip netns add gd-try 2> /dev/null && ip netns del gd-try ||
  { echo "hosts: this system makes no network namespaces: not run"; exit 0; }
folder=$(mktemp -d) failed=0
clean() {
  for i in 1 2 3; do
    for process in $(ip netns pids "gd-host$i" 2> /dev/null); do kill -9 "$process"; done
    ip netns del "gd-host$i" 2> /dev/null
    ip link del "gd-cable$i" 2> /dev/null
  done
  ip link del gd-bridge 2> /dev/null
  rm -rf "$folder"
}
trap clean EXIT
say() { echo "hosts: $*"; failed=1; }
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
# MPICH: these hosts share no memory
export UCX_TLS=tcp,self UCX_NET_DEVICES=eth0 FI_PROVIDER=tcp
cd "$folder" || exit 1

ip link add gd-bridge type bridge && ip link set gd-bridge up
for i in 1 2 3; do
  ip netns add gd-host$i &&
    ip link add gd-cable$i type veth peer name eth0 netns gd-host$i &&
    ip link set gd-cable$i master gd-bridge up &&
    ip -n gd-host$i addr add 10.77.0.$i/24 dev eth0 &&
    ip -n gd-host$i link set eth0 up && ip -n gd-host$i link set lo up || exit 1
done

# `agent [-OPTION] ADDRESS COMMAND…`, in the place of ssh
cat > agent <<'END'
#!/bin/sh
while case $1 in -*) true ;; *) false ;; esac do shift; done
host=${1##*.}
shift
exec ip netns exec gd-host$host unshare -u sh -c "hostname host$host; $*"
END
chmod +x agent
hosts=10.77.0.1,10.77.0.2,10.77.0.3
launch() { # MPI WORD… — becomes it
  local mpi=$1
  shift
  case $mpi in
    openmpi) set -- mpirun.openmpi -n 3 --host $hosts --mca plm_rsh_agent "$folder/agent" \
      --mca btl tcp,self --mca btl_tcp_if_include 10.77.0.0/24 \
      --mca oob_tcp_if_include 10.77.0.0/24 --mca hwloc_base_binding_policy none "$@" ;;
    *) set -- mpirun.mpich -n 3 -hosts $hosts -launcher ssh -launcher-exec "$folder/agent" "$@" ;;
  esac
  exec timeout 90 ip netns exec gd-host1 unshare -u sh -c 'hostname host1; exec "$@"' sh "$@"
}

steps=${STEPS:-3000}
"$gd" "$script" gpt 12 one.ckpt one.safetensors > said 2>&1 || say "one process: $(cat said)"
rm -f one.ckpt
"$gd" "$script" gpt $steps one.ckpt long.safetensors > said 2>&1
for mpi in openmpi mpich; do
  [ -e "$(dirname "$gd")/gd-$mpi.so" ] && command -v mpirun.$mpi > /dev/null || continue
  (launch $mpi "$gd" --threads 1 "$script" gpt 12 of.ckpt of.safetensors) > said 2>&1
  cmp -s one.safetensors of.safetensors || say "$mpi, three hosts: another model: $(head -5 said)"
  rm -f of.ckpt of.safetensors
  (launch $mpi "$gd" --threads 1 --peer-timeout 4 "$script" gpt $steps of.ckpt of.safetensors) \
    > said 2>&1 &
  starter=$!
  for i in $(seq 100); do
    [ -s of.ckpt ] && break
    sleep 0.1
  done
  sleep 0.5
  ip link set gd-cable3 down
  began=$(date +%s%N)
  for i in $(seq 300); do
    grep -q '^error: .*on host3, has not responded\|^error: .*on host3, is gone' said && break
    sleep 0.1
  done
  told=$((($(date +%s%N) - began) / 1000000))
  for i in $(seq 100); do
    kill -0 $starter 2> /dev/null || break
    sleep 0.1
  done
  kill -0 $starter 2> /dev/null && kill -9 $starter
  wait $starter
  status=$?
  grep '^error: ' said | head -1
  [ $told -lt 10000 ] || say "$mpi: not told within 10 s: $(head -5 said)"
  echo "hosts: $mpi: told after $told ms, with a timeout of 4 s; mpirun's status $status"
  for host in 1 2 3; do
    for process in $(ip netns pids gd-host$host); do kill -9 "$process" 2> /dev/null; done
  done
  ip link set gd-cable3 up
  sleep 0.5
  "$gd" --workers 2 --threads 1 "$script" gpt $steps of.ckpt of.safetensors > said 2>&1
  cmp -s long.safetensors of.safetensors || say "$mpi: resumed, another model: $(head -5 said)"
  rm -f of.ckpt of.safetensors
done
[ $failed = 0 ] && echo "hosts: the same on three hosts, and after one was cut off"
exit $failed
