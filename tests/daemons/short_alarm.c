/* Loaded into a private pcscd, so that --auto-exit ends it soon instead of 60 seconds after its last client.
 *
 * pcscd asks the kernel for one alarm when the last context is released and takes it back when another one comes. Every
 * alarm that is asked for comes after 300 milliseconds instead; taking it back stays as it is.
 */
#include <sys/time.h>

unsigned int alarm(unsigned int seconds)
{
    struct itimerval soon = {{0, 0}, {0, seconds == 0 ? 0 : 300000}};

    setitimer(ITIMER_REAL, &soon, 0);
    return 0;
}
