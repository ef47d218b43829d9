/*
 * The process that keeps a pod's namespaces open while its containers come and
 * go. In a pod that shares its process namespace it is process 1, so it also
 * collects the children that others left behind. Statically linked: its image
 * holds this one file.
 */
#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>

int main(void)
{
	sigset_t set;
	int sig;

	/*
	 * Blocked signals wait until sigwait takes them, so none is lost between
	 * two of them, and process 1 can end on one without a handler.
	 */
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);

	for (;;) {
		if (sigwait(&set, &sig) != 0)
			continue;
		if (sig != SIGCHLD)
			return 0;
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}
