/* A driver around the driver for virtual cards, for a private pcscd whose reader can be unplugged.
 *
 * The driver for virtual cards pretends to be a serial reader, which nobody ever pulls out. This one passes everything
 * on to it; while the file DRIVER.unplugged is there, every call says that the device is gone, as a USB reader's driver
 * does, and pcscd answers for the reader with "unavailable".
 * It also tells, as PC/SC part 10 has it, that extended APDUs go through: the older driver for virtual cards does not.
 * DRIVER is the path of the driver that does the work.
 */
#include <dlfcn.h>
#include <stddef.h>
#include <unistd.h>

typedef unsigned long DWORD;
typedef long RESPONSECODE;
typedef unsigned char UCHAR;

enum { DONE = 0, NOT_SUPPORTED = 614, GONE = 617, TOO_SMALL = 618 };
enum { GET_FEATURE_REQUEST = 0x42000000 + 3400, GET_TLV_PROPERTIES = 0x42000DAD };

static int unplugged(void)
{
    return access(DRIVER ".unplugged", F_OK) == 0;
}

static void *real(const char *name)
{
    static void *library;
    if (library == NULL)
        library = dlopen(DRIVER, RTLD_NOW);
    return library == NULL ? NULL : dlsym(library, name);
}

#define PASS_ON(name, parameters, ...)                                                                                 \
    RESPONSECODE name parameters                                                                                       \
    {                                                                                                                  \
        RESPONSECODE(*next) parameters = real(#name);                                                                  \
        return unplugged() || next == NULL ? GONE : next(__VA_ARGS__);                                                 \
    }

PASS_ON(IFDHCreateChannel, (DWORD lun, DWORD channel), lun, channel)
PASS_ON(IFDHCreateChannelByName, (DWORD lun, const char *name), lun, name)
PASS_ON(IFDHSetCapabilities, (DWORD lun, DWORD tag, DWORD length, UCHAR *value), lun, tag, length, value)
PASS_ON(IFDHSetProtocolParameters, (DWORD lun, DWORD protocol, UCHAR flags, UCHAR p1, UCHAR p2, UCHAR p3), lun, protocol,
        flags, p1, p2, p3)
PASS_ON(IFDHPowerICC, (DWORD lun, DWORD action, UCHAR *atr, DWORD *length), lun, action, atr, length)
PASS_ON(IFDHICCPresence, (DWORD lun), lun)

/* Answered also while unplugged: pcscd tidies up. */
RESPONSECODE IFDHGetCapabilities(DWORD lun, DWORD tag, DWORD *length, UCHAR *value)
{
    RESPONSECODE (*next)(DWORD, DWORD, DWORD *, UCHAR *) = real("IFDHGetCapabilities");
    return next == NULL ? GONE : next(lun, tag, length, value);
}

RESPONSECODE IFDHCloseChannel(DWORD lun)
{
    RESPONSECODE (*next)(DWORD) = real("IFDHCloseChannel");
    return next == NULL ? GONE : next(lun);
}

struct header {
    DWORD protocol, length;
};

RESPONSECODE IFDHTransmitToICC(DWORD lun, struct header send, UCHAR *command, DWORD length, UCHAR *answer, DWORD *room,
                               struct header *receive)
{
    RESPONSECODE (*next)(DWORD, struct header, UCHAR *, DWORD, UCHAR *, DWORD *, struct header *) =
        real("IFDHTransmitToICC");
    if (unplugged() || next == NULL) {
        *room = 0;
        return GONE;
    }
    return next(lun, send, command, length, answer, room, receive);
}

static RESPONSECODE tell(const UCHAR *what, DWORD length, UCHAR *answer, DWORD room, DWORD *returned)
{
    if (room < length)
        return TOO_SMALL;
    for (DWORD at = 0; at < length; at++)
        answer[at] = what[at];
    *returned = length;
    return DONE;
}

RESPONSECODE IFDHControl(DWORD lun, DWORD code, UCHAR *command, DWORD length, UCHAR *answer, DWORD room, DWORD *returned)
{
    static const UCHAR features[] = {0x12, 4, 0x42, 0x00, 0x0D, 0xAD}; /* get TLV properties */
    static const UCHAR properties[] = {0x0A, 4, 0x00, 0x00, 0x01, 0x00}; /* dwMaxAPDUDataSize, little-endian */
    (void)lun, (void)command, (void)length;
    *returned = 0;
    if (unplugged())
        return GONE;
    if (code == GET_FEATURE_REQUEST)
        return tell(features, sizeof features, answer, room, returned);
    if (code == GET_TLV_PROPERTIES)
        return tell(properties, sizeof properties, answer, room, returned);
    return NOT_SUPPORTED;
}
