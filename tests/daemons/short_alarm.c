/* Loaded into a private pcscd, so that --auto-exit ends it soon instead of 60 seconds after its last client.
 *
 * pcscd asks the kernel for one alarm when the last context is released and takes it back when another one comes. Every
 * alarm that is asked for comes after 300 milliseconds instead, and again every 5 seconds: after an alarm pcscd 1.9.9
 * gives the thread that decides to end one millisecond, and where a busy machine takes longer, it sleeps until the next
 * client or alarm. Taking an alarm back stays as it is.
 */
#include <sys/time.h>

unsigned int alarm(unsigned int seconds)
{
    struct itimerval none = {{0, 0}, {0, 0}};
    struct itimerval soon = {{5, 0}, {0, 300000}};

    setitimer(ITIMER_REAL, seconds == 0 ? &none : &soon, 0);
    return 0;
}
