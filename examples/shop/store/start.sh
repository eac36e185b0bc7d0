# The password comes from a mounted secret. It goes into a file and never on a command line, where others could see it.
set -eu
umask 077
cat > /tmp/redis.conf <<CONF
port 6379
bind * -::*
dir /data
appendonly yes
save ""
requirepass $(cat /etc/store/password)
CONF
exec redis-server /tmp/redis.conf
