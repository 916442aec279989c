namespace LocalCast.Supervision.Internal;

/// <summary>
/// What the guard does, in the words of a POSIX shell: what is there on every machine needs no second program of ours. The shell that the
/// agent starts leaves another one behind and ends: the guard is nobody's child, so no walk down a tree of processes finds it, not even that
/// of an agent whose node this agent is.
/// </summary>
internal static class GuardScript
{
    /// <summary>How it shows in the list of processes.</summary>
    public const string Name = "localcast-guard";

    /// <summary>
    /// Its argument is the variable, with its value, by which the agent's processes are known. It reads <c>+ PID START</c>, <c>- PID</c> and
    /// <c>q</c>; at the end of its input the agent is dead. Who is found is stopped first, because one that stands still starts no others, and
    /// all are killed when nobody new is found. Whoever ends all processes of a service by SIGTERM means the agent, which says when it is over. Numbers are checked before <c>eval</c> sees them: a process
    /// chooses its name itself, with spaces, parentheses and ends of lines in it.
    /// </summary>
    public const string Text =
        """
        mark=$1 marked= killed= pass=0
        seize() {
          eval "known=\${m$1-}"
          [ "$known" ] || { kill -STOP "$1" 2>/dev/null && eval "m$1=1" && marked="$marked $1" && more=1; }
        }
        parse() {
          { read -r line <"$1"; } 2>/dev/null || return 1
          split || { line=$(tr '\n' ' ' <"$1") 2>/dev/null && split; } || return 1
          case $state in Z|X) return 1 ;; esac
        }
        split() {
          pid=${line%% *}
          case $line in *') '*) set -- ${line##*') '} ;; *) return 1 ;; esac
          state=$1 parent=$2 session=$4 start=${20-x}
          case $pid$parent$session$start in *[!0-9]*) return 1 ;; esac
        }
        forget_reused() {
          for stat in /proc/[0-9]*/stat; do
            parse "$stat" || continue
            eval "listed=\${n$pid-}"
            [ -z "$listed" ] || [ "$listed" = "$start" ] || unset "n$pid"
          done
        }
        by_variable() {
          for file in $(grep -lsF -e "$mark" /proc/[0-9]*/environ 2>/dev/null); do
            pid=${file#/proc/}
            seize "${pid%/environ}"
          done
        }
        by_kin() {
          for stat in /proc/[0-9]*/stat; do
            parse "$stat" || continue
            eval "kin=\${n$pid-}\${n$session-}\${m$parent-}\${m$session-}"
            [ -z "$kin" ] || seize "$pid"
          done
        }
        sweep() {
          forget_reused
          while [ $pass -lt 32 ]; do
            pass=$((pass + 1)) more=
            by_variable
            by_kin
            [ "$more" ] && continue
            [ "$marked" ] || break
            kill -KILL $marked 2>/dev/null
            marked=
          done
          [ -z "$marked" ] || kill -KILL $marked 2>/dev/null
        }
        guard() {
          while read -r sign pid start; do
            case $sign in
              +) eval "n$pid=$start" ;;
              -) unset "n$pid" ;;
              q) exit 0 ;;
            esac
          done
          sweep
        }
        trap '' INT QUIT HUP TERM
        exec 3<&0
        guard <&3 3<&- &
        """;
}
