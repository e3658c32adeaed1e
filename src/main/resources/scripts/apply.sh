# shellcheck shell=sh
# Sourced after lib.sh by what gives a running server its changed files. AS is the user who does it; known is the password by
# which it did it last.
obstacle='' known='' before='' found=''

# apply WHAT QUESTION ANSWER COMMAND: the server gets COMMAND unless ANSWER is what it says to QUESTION already. False if
# it has to be tried again. found is then what it said.
apply() {
  if reply=$(ask "$AS" "$2"); then
    # shellcheck disable=SC2034 # for who sourced this
    found=$reply
    same "$reply" "$3" && return
    if reply=$(ask "$AS" "$4"); then
      case $reply in
        OK) echo "$1: applied" && obstacle='' before='' && return ;;
        ERR*) echo "$1: refused, nothing changed: $reply" && obstacle='' && return ;;
      esac
    fi
  fi
  waits "$1" "$reply"
  case $reply in
    # Until the server has its new users it knows this one by the password of before: tried in turn with the new one.
    WRONGPASS*) if [ -n "$before" ]; then before=''; else before=$known; fi ;;
  esac
  return 1
}

# waits WHAT WHY: said once.
waits() {
  [ "$2" = "$obstacle" ] || echo "$1: waiting: $2"
  obstacle=$2
}

# same REPLY TEXT: whatever the order; Valkey 8.1 prints a default that later ones do not.
same() {
  [ "$(printf '%s\n' "$1" | sed 's/ sanitize-payload//' | sort)" = "$(printf '%s\n' "$2" | sort)" ]
}

# refused HOST PORT USER: whether that server does not know the user's password yet. One that does not answer knows it when it
# comes back, from its files.
refused() (
  # shellcheck disable=SC2034 # lib.sh uses them
  HOST=$1 PORT=$2 LIMIT=1 before=''
  reply=$(ask "$3" PING)
  case $reply in WRONGPASS*) ;; *) return 1 ;; esac
)
