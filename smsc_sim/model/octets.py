"""How many octets an MSU of each operation has on the wire, built from its BER and header lengths.

A message is nested like this, and every length below is one of these boxes::

    MTP2 or IP ( MTP3 routing label ( SCCP UDT ( TCAP ( dialogue portion, component portion (
        MAP parameters ( SMS TPDU ( user data ) ) ) ) ) ) )

Called when a scenario is compiled, to fill a table; engines look the octets up.

References
----------
The message formats are those of MAP version 3 over ITU-T TCAP, SCCP and MTP.  The lengths were
checked octet by octet against public captures (`tests/unit/model/test_octets.py`) and against a
table computed with the ASN.1 compiler pycrate 0.8.1 from the 3GPP modules.  The specifications
themselves were not read.
"""

from typing import Literal

from smsc_sim.model import operations as op

Transport = Literal["mtp2", "m3ua"]

MAX_USER_DATA_OCTETS = 255  # TP-UD that a length octet counts; SMS fills 140 of them
MAX_ADDRESS_DIGITS = 20  # of a service centre address
MAX_SIF_OCTETS = 272  # signalling information field of an MSU on a low-speed link
MAX_UDT_DATA_OCTETS = 255  # the length of the data of an SCCP UDT is one octet

IMSI_OCTETS = 8  # 15 digits, half an octet each
CELL_OCTETS, TIME_OCTETS, REFERENCE_OCTETS = 7, 8, 8  # in CAP: area and cell, time and zone
SMALL_OCTETS = 1  # a BOOLEAN, a short INTEGER or an ENUMERATED
TRANSACTION_ID_OCTETS = 4
AARQ_OCTETS = 32  # dialogue portion of a first message: object identifier, version, context name
AARE_OCTETS = 44  # dialogue portion of the first answer: the same, result and diagnostic
SUBMIT_HEADER_OCTETS = 6  # type, reference, PID, DCS, relative validity, length; and the address
DELIVER_HEADER_OCTETS = 11  # type, PID, DCS, 7 of time stamp, length; and the address

UDT_HEADER_OCTETS = 6  # type, class, three pointers, data length; and two addresses
# Type, class, hop counter, four pointers, data length; segmentation, end of optional parameters
# (from memory, not found).
XUDT_HEADER_OCTETS = 8 + 6 + 1
ROUTING_LABEL_OCTETS = 4  # ITU-T: two 14-bit point codes and 4 bits of SLS
MTP2_OCTETS = 7  # flag, BSN, FSN, length indicator, SIO, two check octets
SIGTRAN_OCTETS = 20 + 12 + 16 + 8 + 8 + 4 + 12
# IPv4, SCTP, DATA chunk, M3UA header, routing context, parameter header, routing label of M3UA


def element_octets(content_octets: int) -> int:
    """Octets of a BER element: one of tag, its length field and its content.

    The length field has one octet up to 127, then one more for each octet of the number.

    Examples
    --------
    >>> [element_octets(content) for content in (0, 127, 128, 255, 256)]
    [2, 129, 131, 258, 260]
    """
    length_octets = 1 if content_octets < 128 else 1 + (content_octets.bit_length() + 7) // 8
    return 1 + length_octets + content_octets


def address_octets(address_digits: int) -> int:
    """Octets of an E.164 address in MAP: nature and plan, then half an octet for each digit.

    Raises
    ------
    ValueError
        If there are no digits or more than 20.

    Examples
    --------
    >>> address_octets(12), address_octets(13)
    (7, 8)
    """
    if not 1 <= address_digits <= MAX_ADDRESS_DIGITS:
        raise ValueError(
            f"address_digits: must be from 1 to {MAX_ADDRESS_DIGITS} (got {address_digits})"
        )
    return 1 + (address_digits + 1) // 2


def text_octets(septets: int) -> int:
    """TP-UD octets that so many packed GSM 7-bit septets fill, rounded up.

    Examples
    --------
    >>> text_octets(10), text_octets(160)
    (9, 140)
    """
    return (7 * septets + 7) // 8


def tpdu_octets(header_octets: int, user_data_octets: int, address_digits: int = 12) -> int:
    """Octets of an SMS-SUBMIT or SMS-DELIVER: header, one address (with a length octet), text.

    Raises
    ------
    ValueError
        If the user data do not fit in one segment, or the address does not exist.

    Examples
    --------
    >>> tpdu_octets(SUBMIT_HEADER_OCTETS, 140), tpdu_octets(DELIVER_HEADER_OCTETS, 140)
    (154, 159)
    """
    if not 0 <= user_data_octets <= MAX_USER_DATA_OCTETS:
        raise ValueError(
            f"user_data_octets: must be from 0 to {MAX_USER_DATA_OCTETS} (got {user_data_octets})"
        )
    return header_octets + 1 + address_octets(address_digits) + user_data_octets


def invoke_octets(parameter_octets: int) -> int:
    """Octets of a component portion with one invoke: its id, operation code and a sequence."""
    content = 2 * element_octets(SMALL_OCTETS) + element_octets(parameter_octets)
    return element_octets(element_octets(content))


def result_octets(parameter_octets: int) -> int:
    """Octets of a component portion with one last result; one without parameters is an id only."""
    content = element_octets(SMALL_OCTETS)
    if parameter_octets:
        content += element_octets(element_octets(SMALL_OCTETS) + element_octets(parameter_octets))
    return element_octets(element_octets(content))


def error_octets(parameter_octets: int) -> int:
    """Octets of a component portion with one error; its parameter may be left out (0 octets)."""
    content = 2 * element_octets(SMALL_OCTETS)
    if parameter_octets:
        content += element_octets(parameter_octets)
    return element_octets(element_octets(content))


def transaction_octets(transaction_ids: int, dialogue_octets: int, component_octets: int) -> int:
    """Octets of a TCAP message: its transaction ids (two in a CONTINUE) and its portions."""
    ids = transaction_ids * element_octets(TRANSACTION_ID_OCTETS)
    return element_octets(ids + dialogue_octets + component_octets)


def tcap_octets(operation: int, user_data_octets: int = 0, address_digits: int = 12) -> int:
    """Octets of the TCAP message that carries one operation of MAP version 3.

    Parameters
    ----------
    operation : int
        One of the constants of `model.operations`.
    user_data_octets : int
        TP-UD octets of the segment, 0 to 255, its user data header included.  Read only for the
        operations that carry a text.
    address_digits : int
        Digits of every E.164 address in the message, 1 to 20.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If the operation is unknown, or user data or digits are out of range.

    Notes
    -----
    Which optional parameters are there: mo-ForwardSM carries the IMSI; SRI-SM the priority flag;
    the result of SRI-SM the IMSI and the node number; the result of report-SM-DeliveryStatus the
    stored number; an error nothing but its code.  Not there: moreMessagesToSend (2 octets) and the
    parameter of an error (5).  A sender by name counts as a number of `address_digits` digits.

    Examples
    --------
    >>> tcap_octets(op.MO_FORWARD_SM, text_octets(10))
    105
    >>> tcap_octets(op.SRI_SM), tcap_octets(op.MAP_ERROR)
    (73, 62)
    """
    address = element_octets(address_octets(address_digits))
    imsi = element_octets(IMSI_OCTETS)
    small = element_octets(SMALL_OCTETS)
    if operation in (op.MO_FORWARD_SM, op.MO_FORWARD_SM_CONTINUE):
        tpdu = tpdu_octets(SUBMIT_HEADER_OCTETS, user_data_octets, address_digits)
        component = invoke_octets(address + address + element_octets(tpdu) + imsi)
    elif operation in (op.MT_FORWARD_SM, op.MT_FORWARD_SM_CONTINUE):
        tpdu = tpdu_octets(DELIVER_HEADER_OCTETS, user_data_octets, address_digits)
        component = invoke_octets(imsi + address + element_octets(tpdu))
    elif operation in (op.SRI_SM, op.REPORT_SM_DELIVERY_STATUS):
        component = invoke_octets(address + address + small)
    elif operation == op.ALERT_SC:
        component = invoke_octets(address + address)
    elif operation == op.READY_FOR_SM:
        component = invoke_octets(imsi + small)
    elif operation == op.SRI_SM_RESULT:
        component = result_octets(imsi + element_octets(address))
    elif operation == op.REPORT_SM_DELIVERY_STATUS_RESULT:
        component = result_octets(address)
    elif operation in (op.MAP_ERROR, op.ERROR_WITHOUT_DIALOGUE):
        component = error_octets(0)
    elif operation == op.INITIAL_DP_SMS:
        component = invoke_octets(initial_dp_octets(address_digits))
    elif operation in (op.CONTINUE_SMS, op.RELEASE_SMS):
        cause = element_octets(SMALL_OCTETS) if operation == op.RELEASE_SMS else 0
        component = element_octets(element_octets(2 * small + cause))
    elif operation in (op.EMPTY_BEGIN, op.EMPTY_CONTINUE):
        component = 0
    elif 0 <= operation < len(op.OPERATION_NAMES):
        component = result_octets(0)
    else:
        raise ValueError(
            f"operation: must be from 0 to {len(op.OPERATION_NAMES) - 1} (got {operation})"
        )
    return transaction_octets(*_frame(operation), component)


def initial_dp_octets(address_digits: int) -> int:
    """Octets of the parameters of InitialDPSMS, the charging query of CAP.

    Elements are as long as in RestComm/jss7's InitialDPSMSRequestTest.java (found); which ones are
    sent is judgement; that the dialogue portion is as long as MAP's is from memory.
    """
    address, small = element_octets(address_octets(address_digits)), element_octets(SMALL_OCTETS)
    location = small + address + element_octets(element_octets(CELL_OCTETS))  # age, VLR, cell
    others = (IMSI_OCTETS, location, TIME_OCTETS, REFERENCE_OCTETS)
    return 6 * small + 4 * address + sum(element_octets(content) for content in others)


def _frame(operation: int) -> tuple[int, int]:
    """Number of transaction ids and octets of the dialogue portion of an operation's message."""
    if operation in (op.MO_FORWARD_SM_CONTINUE, op.MT_FORWARD_SM_CONTINUE):
        return 2, 0
    if operation == op.EMPTY_CONTINUE:
        return 2, AARE_OCTETS
    if operation in (op.RESULT_WITHOUT_DIALOGUE, op.ERROR_WITHOUT_DIALOGUE):
        return 1, 0
    begins = (
        op.MO_FORWARD_SM,
        op.SRI_SM,
        op.MT_FORWARD_SM,
        op.REPORT_SM_DELIVERY_STATUS,
        op.ALERT_SC,
        op.READY_FOR_SM,
        op.EMPTY_BEGIN,
        op.INITIAL_DP_SMS,
    )
    return 1, AARQ_OCTETS if operation in begins else AARE_OCTETS


def sccp_octets(data_octets: int, address_digits: int = 12) -> int:
    """Octets of an SCCP UDT message with two global titles of so many digits.

    Each address is its length, an indicator, the subsystem number, the translation type, plan and
    scheme, nature, and half an octet for each digit: five octets more than in MAP.

    Examples
    --------
    >>> sccp_octets(105)
    135
    """
    return UDT_HEADER_OCTETS + 2 * (5 + address_octets(address_digits)) + data_octets


def sif_octets(operation: int, user_data_octets: int = 0, address_digits: int = 12) -> int:
    """Octets of the signalling information field: routing label and SCCP message.

    Parameters, errors and examples as of `msu_octets`.
    """
    tcap = tcap_octets(operation, user_data_octets, address_digits)
    return ROUTING_LABEL_OCTETS + sccp_octets(tcap, address_digits)


def msu_octets(
    operation: int,
    user_data_octets: int = 0,
    address_digits: int = 12,
    transport: Transport = "mtp2",
) -> int:
    """Octets on the wire of the message that carries one operation.

    Parameters
    ----------
    operation : int
        One of the constants of `model.operations`.
    user_data_octets : int
        TP-UD octets of the segment, 0 to 255, its user data header included.  Read only for the
        operations that carry a text.
    address_digits : int
        Digits of every E.164 address and global title, 1 to 20.
    transport : {"mtp2", "m3ua"}
        "mtp2": the MSU of a low-speed link, flag and check octets included.  "m3ua": the IPv4
        packet of SIGTRAN with one DATA chunk, SCCP padded to 4 octets, without the link layer.

    Returns
    -------
    int
        At `needs_long_dialogue` it is the length that the MSU would have; send the messages of
        the long dialogue instead.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> msu_octets(op.MT_FORWARD_SM, text_octets(160)), msu_octets(op.SRI_SM, transport="m3ua")
    (278, 184)
    """
    sif = sif_octets(operation, user_data_octets, address_digits)
    if transport == "mtp2":
        return sif + MTP2_OCTETS
    if transport == "m3ua":
        return SIGTRAN_OCTETS + (sif - ROUTING_LABEL_OCTETS + 3) // 4 * 4
    raise ValueError(f"transport: must be 'mtp2' or 'm3ua' (got {transport!r})")


def cut_msu_octets(
    operation: int,
    user_data_octets: int,
    address_digits: int = 12,
    transport: Transport = "mtp2",
    largest_sif: int = MAX_SIF_OCTETS,
) -> int:
    """Octets on the wire of a message that SCCP cuts into as many XUDT as it needs.

    Parameters
    ----------
    operation, user_data_octets, address_digits, transport
        As of `msu_octets`.
    largest_sif : int
        Octets that the signalling information field of an MSU on "mtp2" holds.

    Returns
    -------
    int
        As `msu_octets` where one MSU is enough, and on "m3ua", which carries any length; else the
        octets of all the MSUs together.

    Examples
    --------
    >>> cut_msu_octets(op.MT_FORWARD_SM, 140), cut_msu_octets(op.MT_FORWARD_SM, 240)
    (278, 442)
    """
    if (
        transport == "m3ua"
        or sif_octets(operation, user_data_octets, address_digits) <= largest_sif
    ):
        return msu_octets(operation, user_data_octets, address_digits, transport)
    tcap = tcap_octets(operation, user_data_octets, address_digits)
    addresses = 2 * (5 + address_octets(address_digits))
    around = ROUTING_LABEL_OCTETS + XUDT_HEADER_OCTETS + addresses
    pieces = -(-tcap // (largest_sif - around))
    return tcap + pieces * (around + MTP2_OCTETS)


def needs_long_dialogue(
    operation: int,
    user_data_octets: int = 0,
    address_digits: int = 12,
    transport: Transport = "mtp2",
    reserve_octets: int = 0,
) -> bool:
    """Whether the message is too long for one MSU, so that its dialogue is opened empty first.

    The text then follows in the CONTINUE message, which has no dialogue portion: EMPTY_BEGIN,
    EMPTY_CONTINUE, MO_FORWARD_SM_CONTINUE or MT_FORWARD_SM_CONTINUE, then RESULT_WITHOUT_DIALOGUE
    or ERROR_WITHOUT_DIALOGUE.

    Parameters
    ----------
    operation, user_data_octets, address_digits, transport
        As of `msu_octets`.
    reserve_octets : int
        Octets below the limit at which a stack already changes to the long dialogue; Restcomm
        keeps 6 by default (its `maxMessageLengthReducer`).

    Returns
    -------
    bool
        True on "mtp2" if the signalling information field is over 272 octets, on both transports
        if the TCAP message is over the 255 octets of an SCCP UDT.

    Raises
    ------
    ValueError
        As `msu_octets`.

    Examples
    --------
    With 12-digit addresses 160 septets fit from SMSC to MSC, not from MSC to SMSC:

    >>> needs_long_dialogue(op.MT_FORWARD_SM, 140), needs_long_dialogue(op.MO_FORWARD_SM, 140)
    (False, True)
    """
    msu_octets(operation, user_data_octets, address_digits, transport)
    tcap = tcap_octets(operation, user_data_octets, address_digits)
    if tcap > MAX_UDT_DATA_OCTETS - reserve_octets:
        return True
    sif = sif_octets(operation, user_data_octets, address_digits)
    return transport == "mtp2" and sif > MAX_SIF_OCTETS - reserve_octets
