"""What every kind of job does in every stage, for every signal that can come: the table.

One row: kind, stage, signal, conditions; then verb, place, next stage, row of the log, change.
"-" is nothing.  Conditions are the functions of `CONDITIONS` or `field=name of a code`.
"""

import ast
import inspect
from typing import Any, NamedTuple

import pytest

from smsc_sim.engines.reference import Row
from smsc_sim.model import begin, codes, rules
from smsc_sim.model.errors import BY_HLR, BY_MSC, BY_PHONE, PLACES
from smsc_sim.model.network import Job, Network, State
from smsc_sim.model.phones import AWAITED, MCEF, MNRF, global_phone, set_flags
from smsc_sim.model.receipt import OF_DELIVERED, OF_FAILED, OF_MESSAGE
from smsc_sim.model.report import SEEN
from smsc_sim.model.state import empty_state, new_record
from smsc_sim.model.traffic import writer_of
from smsc_sim.scenario.compile import Compiled
from tests.networks import SECOND, network, simulate
from tests.random_networks import random_changes
from tests.unit.model import test_background, test_logins

TABLE = """
submission START done person                     : hold - SUBMIT_RADIO submit -
submission SUBMIT_RADIO done person              : spawn mo_forward_sm SUBMIT_SENT - MO_BEGUN
submission SUBMIT_RADIO done person missed       : wake WATCHED SUBMIT_SEEN - -
submission SUBMIT_SEEN done person               : spawn mo_forward_sm SUBMIT_SENT - MO_BEGUN
submission SUBMIT_SEEN woken person              : spawn mo_forward_sm SUBMIT_SENT - MO_BEGUN
submission SUBMIT_SENT done person               : park ANSWER SUBMIT_ANSWERED - -
submission SUBMIT_ANSWERED woken person more answer=none : hold - SUBMIT_PAUSED - NEXT_SEGMENT
submission SUBMIT_ANSWERED woken person last answer=none : end - - - SUBMISSION_OVER
submission SUBMIT_ANSWERED woken person resends answer=store_full : hold - SUBMIT_PAUSED resend NEXT_TRY
submission SUBMIT_ANSWERED woken person answer=store_full : end - - - SUBMISSION_OVER
submission SUBMIT_ANSWERED timer person resends  : hold - SUBMIT_PAUSED resend NEXT_TRY
submission SUBMIT_ANSWERED timer person resends copied : end - - - SUBMISSION_OVER
submission SUBMIT_ANSWERED timer person          : end - - - SUBMISSION_OVER
submission SUBMIT_PAUSED done person             : hold - SUBMIT_RADIO - -
submission START done person sgs                 : hold - SUBMIT_RADIO submit -
submission START done person celled              : seize sdcch SUBMIT_CHANNEL submit -
submission START done person celled sgs          : hold - SUBMIT_RADIO submit -
submission SUBMIT_PAUSED done person celled      : seize sdcch SUBMIT_CHANNEL - -
submission SUBMIT_PAUSED done person holding     : hold - SUBMIT_RADIO - -
submission SUBMIT_CHANNEL done person celled     : hold - SUBMIT_RADIO - CHANNEL_TAKEN
submission SUBMIT_CHANNEL refused person celled  : hold - SUBMIT_PAUSED - TRIED
submission SUBMIT_CHANNEL refused person tried   : hold - SUBMIT_FREED refused -
submission SUBMIT_ANSWERED woken person holding more answer=none : hold - SUBMIT_PAUSED - NEXT_SEGMENT
submission SUBMIT_ANSWERED woken person holding last answer=none : release sdcch SUBMIT_FREED - CHANNEL_FREE
submission SUBMIT_ANSWERED woken person holding more answer=store_full : release sdcch SUBMIT_FREED - CHANNEL_FREE
submission SUBMIT_ANSWERED timer person holding  : release sdcch SUBMIT_FREED - CHANNEL_FREE
submission SUBMIT_FREED done person last         : end - - - SUBMISSION_OVER
submission SUBMIT_FREED done person cause=no_channel : end - - - SUBMISSION_OVER
submission SUBMIT_FREED done person resends cause=no_channel : hold - SUBMIT_PAUSED resend NEXT_TRY
submission START done                            : hold - ESME_PAUSED submit -
submission START done coded                      : spawn login ESME_PAUSED submit -
submission START done coded further              : hold - ESME_PAUSED submit -
submission ESME_PAUSED done                      : serve account ESME_PACED - JOIN_ACCOUNT
submission ESME_PACED done                       : seize window ESME_WINDOW - -
submission ESME_PACED done behind                : hold - ESME_PACED - JOIN_ACCOUNT
submission ESME_PACED done limited               : serve quota ESME_LIMITED - -
submission ESME_PACED done capped                : hold - ESME_COUNTED - COUNTED_TODAY
submission ESME_PACED done capped again          : hold - ESME_COUNTED - -
submission ESME_LIMITED done limited behind      : hold - ESME_LIMITED - JOIN_ACCOUNT
submission ESME_LIMITED done limited             : hold - ESME_COUNTED - -
submission ESME_LIMITED done limited capped      : hold - ESME_COUNTED - COUNTED_TODAY
submission ESME_LIMITED done limited capped used : end - - capped SUBMISSION_OVER
submission ESME_LIMITED done limited capped used yesterday : hold - ESME_COUNTED - COUNTED_TODAY
submission ESME_PACED done capped used           : end - - capped SUBMISSION_OVER
submission ESME_PACED done capped used again     : hold - ESME_COUNTED - -
submission ESME_PACED done capped used waits     : hold - ESME_PAUSED - -
submission ESME_COUNTED done                     : seize window ESME_WINDOW - -
submission ESME_WINDOW done                      : spawn submit_sm ESME_SENT - MO_BEGUN
submission ESME_SENT done                        : park ANSWER ESME_RESPONDED - -
submission ESME_RESPONDED woken answer=none      : release window ESME_RELEASED - -
submission ESME_RESPONDED woken answer=throttled : release window ESME_RELEASED - -
submission ESME_RESPONDED woken answer=throttled pausing : release window ESME_RELEASED - PAUSE_ACCOUNT
submission ESME_RESPONDED woken answer=store_full pausing : release window ESME_RELEASED - -
submission ESME_RESPONDED timer                  : release window ESME_RELEASED - -
submission ESME_RELEASED done more               : hold - ESME_PAUSED - NEXT_SEGMENT
submission ESME_RELEASED done last               : end - - - SUBMISSION_OVER
submission ESME_RELEASED done cause=throttled    : hold - ESME_PAUSED resend NEXT_TRY
submission ESME_RELEASED done cause=throttled copied : hold - ESME_PAUSED resend NEXT_TRY
submission ESME_RELEASED done cause=timeout      : hold - ESME_PAUSED resend NEXT_TRY
submission ESME_RELEASED done cause=timeout copied : end - - - SUBMISSION_OVER
submission ESME_RELEASED done cause=throttled tired : end - - - SUBMISSION_OVER
submission ESME_RELEASED done cause=throttled old : end - - - SUBMISSION_OVER
submission ESME_RELEASED done cause=unknown_subscriber : end - - - SUBMISSION_OVER

submit_sm START done                             : hold - SM_ARRIVED - -
submit_sm SM_ARRIVED done                        : serve admission SM_ADMITTED - -
submit_sm SM_ADMITTED done                       : seize store SM_STORED - -
submit_sm SM_ADMITTED refused                    : hold - SM_RETURNED refused -
submit_sm SM_ADMITTED refused down               : end - - - SUBMISSION_OVER
submit_sm SM_ADMITTED refused draining           : hold - SM_RETURNED refused -
submit_sm SM_ADMITTED dropped down               : end - - - SUBMISSION_OVER
submit_sm SM_STORED done                         : spawn segment SM_ACCEPTED accepted ACCEPTED
submit_sm SM_STORED refused                      : hold - SM_RETURNED refused -
submit_sm SM_ACCEPTED done                       : hold - SM_RETURNED - -
submit_sm SM_RETURNED done                       : wake ANSWER SM_WOKEN - -
submit_sm SM_WOKEN done                          : end - - - SUBMISSION_OVER
submit_sm SM_WOKEN woken                         : end - - - SUBMISSION_OVER

mo_forward_sm START done person                  : serve sender MO_AT_MSC - -
mo_forward_sm MO_AT_MSC done person              : send sender MO_AT_SMSC - -
mo_forward_sm MO_AT_MSC done person prepaid      : spawn charge MO_CHARGING charge AT_MSC
mo_forward_sm MO_CHARGING done person prepaid    : park ANSWER MO_CHARGED - -
mo_forward_sm MO_CHARGED woken person prepaid answer=none : hold - MO_PAID charged -
mo_forward_sm MO_CHARGED woken person prepaid answer=not_paid : hold - MO_UNPAID charged -
mo_forward_sm MO_CHARGED timer person prepaid    : hold - MO_UNPAID uncharged -
mo_forward_sm MO_CHARGED timer person prepaid lenient : hold - MO_PAID uncharged -
mo_forward_sm MO_UNPAID done person prepaid      : hold - MO_RETURNED refused -
mo_forward_sm MO_PAID done person prepaid        : send sender MO_AT_SMSC - -
mo_forward_sm MO_AT_MSC refused person           : hold - MO_RETURNED refused -
mo_forward_sm MO_AT_MSC dropped person           : hold - MO_RETURNED refused -
mo_forward_sm MO_AT_MSC done person long         : send sender MO_OPENED - -
mo_forward_sm MO_OPENED done person              : send smsc MO_CONTINUED - -
mo_forward_sm MO_OPENED lost person              : end - - - SUBMISSION_OVER
mo_forward_sm MO_CONTINUED done person           : send sender MO_AT_SMSC - -
mo_forward_sm MO_CONTINUED lost person           : end - - - SUBMISSION_OVER
mo_forward_sm MO_AT_SMSC done person             : serve admission MO_ADMITTED - -
mo_forward_sm MO_AT_SMSC lost person             : end - - - SUBMISSION_OVER
mo_forward_sm MO_ADMITTED done person            : seize store MO_STORED - -
mo_forward_sm MO_ADMITTED refused person         : hold - MO_ACCEPTED refused -
mo_forward_sm MO_ADMITTED refused person down    : end - - - SUBMISSION_OVER
mo_forward_sm MO_ADMITTED dropped person down    : end - - - SUBMISSION_OVER
mo_forward_sm MO_STORED done person              : spawn segment MO_ACCEPTED accepted ACCEPTED
mo_forward_sm MO_STORED refused person           : hold - MO_ACCEPTED refused -
mo_forward_sm MO_ACCEPTED done person            : send smsc MO_RETURNED - -
mo_forward_sm MO_RETURNED done person            : wake ANSWER MO_WOKEN - -
mo_forward_sm MO_RETURNED lost person            : end - - - SUBMISSION_OVER
mo_forward_sm MO_WOKEN done person               : end - - - SUBMISSION_OVER
mo_forward_sm MO_WOKEN woken person             : end - - - SUBMISSION_OVER

charge START done person prepaid                 : send sender CHARGE_AT_NODE - -
charge CHARGE_AT_NODE done person prepaid        : serve charging CHARGE_SERVED - -
charge CHARGE_AT_NODE lost person prepaid        : end - - - -
charge CHARGE_SERVED done person prepaid         : hold - CHARGE_DECIDED - -
charge CHARGE_SERVED done person prepaid broke   : hold - CHARGE_DECIDED - -
charge CHARGE_SERVED refused person prepaid      : end - - - -
charge CHARGE_SERVED dropped person prepaid      : end - - - -
charge CHARGE_DECIDED done person prepaid        : send charging CHARGE_RETURNED - -
charge CHARGE_RETURNED done person prepaid       : wake ANSWER CHARGE_WOKEN - -
charge CHARGE_RETURNED lost person prepaid       : end - - - -
charge CHARGE_WOKEN done person prepaid          : end - - - -
charge CHARGE_WOKEN woken person prepaid         : end - - - -

segment START done                               : seize phones LOCKED - -
segment START done first                         : park RETRY_WAIT RETRY_DUE - -
segment START done down                          : park ELEMENT_UP RESTARTED - -
segment LOCKED done                              : serve licence LICENSED - -
segment LOCKED timer                             : spawn receipt OVER+expired - -
segment LOCKED dropped                           : park ELEMENT_UP RESTARTED repeat -
segment LICENSED done                            : seize dialogues DIALOGUE_OPEN - -
segment LICENSED done late                       : release phones RETRY_DUE - -
segment LICENSED dropped                         : park ELEMENT_UP RESTARTED repeat -
segment LICENSED refused                         : park ELEMENT_UP RESTARTED repeat -
segment DIALOGUE_OPEN done                       : spawn sri_sm SRI_SENT attempt NEXT_ATTEMPT
segment DIALOGUE_OPEN timer                      : release phones RETRY_DUE - -
segment DIALOGUE_OPEN done kept                  : hold - SESSION_ROUTED attempt NEXT_ATTEMPT
segment SESSION_ROUTED done                      : spawn mt_forward_sm MT_SENT - ROUTE_KNOWN
segment SESSION_ROUTED dropped                   : park ELEMENT_UP RESTARTED repeat -
segment DIALOGUE_OPEN dropped                    : park ELEMENT_UP RESTARTED repeat -
segment SRI_SENT done                            : park ANSWER SRI_ANSWERED - -
segment SRI_ANSWERED woken answer=none           : spawn mt_forward_sm MT_SENT - ROUTE_KNOWN
segment SRI_ANSWERED woken answer=absent_subscriber : hold - REPORTED failed -
segment SRI_ANSWERED woken answer=unknown_subscriber : hold - REPORTED failed -
segment SRI_ANSWERED timer                       : hold - REPORTED failed -
segment SRI_ANSWERED dropped                     : park ELEMENT_UP RESTARTED repeat -
segment MT_SENT done                             : park ANSWER MT_ANSWERED - -
segment MT_ANSWERED woken answer=none            : release dialogues CLOSED - -
segment MT_ANSWERED woken answer=none awaited    : release dialogues CLOSED - -
segment MT_ANSWERED woken answer=none announced  : release dialogues CLOSED - SESSION_KEPT
segment MT_ANSWERED woken answer=none flagged    : spawn report_sm_delivery_status REPORTED - -
segment MT_ANSWERED woken answer=absent_subscriber : spawn report_sm_delivery_status REPORTED failed DROP_ROUTE
segment MT_ANSWERED woken answer=memory_capacity_exceeded : spawn report_sm_delivery_status REPORTED failed DROP_ROUTE
segment MT_ANSWERED woken answer=none overfull   : spawn report_sm_delivery_status REPORTED - -
segment MT_ANSWERED woken answer=subscriber_busy : hold - REPORTED failed DROP_ROUTE
segment MT_ANSWERED woken answer=system_failure  : hold - REPORTED failed DROP_ROUTE
segment MT_ANSWERED timer                        : hold - REPORTED failed DROP_ROUTE
segment MT_ANSWERED dropped                      : park ELEMENT_UP RESTARTED repeat -
segment REPORTED done                            : release dialogues CLOSED - -
segment CLOSED done                              : release phones UNLOCKED - -
segment UNLOCKED done                            : wake RETRY_WAIT OTHERS_WOKEN - -
segment UNLOCKED done cause=subscriber_busy      : park RETRY_WAIT RETRY_DUE - -
segment UNLOCKED done cause=subscriber_busy late : spawn receipt OVER+expired - -
segment UNLOCKED done cause=unknown_subscriber   : spawn receipt OVER+undeliverable - -
segment OTHERS_WOKEN done                        : spawn receipt OVER+delivered - -
segment OTHERS_WOKEN woken                      : spawn receipt OVER+delivered - -
segment OTHERS_WOKEN done quiet                  : hold - OVER+delivered - -
segment OTHERS_WOKEN done person                 : hold - OVER+delivered - -
segment OTHERS_WOKEN done person reporting       : spawn status_report OVER+delivered - -
segment RETRY_DUE timer                          : seize phones LOCKED - -
segment RETRY_DUE woken                          : seize phones LOCKED - -
segment RETRY_DUE timer late                     : spawn receipt OVER+expired - -
segment RETRY_DUE done late                      : spawn receipt OVER+expired - -
segment RETRY_DUE timer down                     : park ELEMENT_UP RESTARTED - -
segment RETRY_DUE woken down                     : park ELEMENT_UP RESTARTED - -
segment RESTARTED woken                          : seize phones LOCKED - -
segment RESTARTED woken late                     : spawn receipt OVER+expired - -
segment LOCKED wiped                             : hold - OVER+lost - -
segment LICENSED wiped                           : hold - OVER+lost - -
segment DIALOGUE_OPEN wiped                      : hold - OVER+lost - -
segment SRI_ANSWERED wiped                       : hold - OVER+lost - -
segment MT_ANSWERED wiped                        : hold - OVER+lost - -
segment RETRY_DUE wiped                          : hold - OVER+lost - -
segment RESTARTED wiped                          : hold - OVER+lost - -
segment OVER+lost done                           : release store FORGOTTEN+lost - -
segment FORGOTTEN+lost done                      : end - - segment_end SEGMENT_OVER
segment RETRY_DUE timer draining                 : park ELEMENT_UP RESTARTED - -
segment OVER+delivered done                      : release store FORGOTTEN+delivered - -
segment OVER+expired done                        : release store FORGOTTEN+expired - -
segment OVER+undeliverable done                  : release store FORGOTTEN+undeliverable - -
segment FORGOTTEN+delivered done arrived         : end - - segment_end SEGMENT_OVER
segment FORGOTTEN+expired done                   : end - - segment_end SEGMENT_OVER
segment FORGOTTEN+undeliverable done             : end - - segment_end SEGMENT_OVER

segment START done memory                        : seize phones LOCKED - -
segment LOCKED dropped memory                    : hold - OVER+lost - -
segment UNLOCKED done cause=subscriber_busy memory : seize store MEMORY_STORING - -
segment MEMORY_STORING done cause=subscriber_busy memory : hold - UNLOCKED - IN_STORE
segment MEMORY_STORING refused cause=subscriber_busy memory : spawn receipt OVER+undeliverable - -
segment OVER+lost done memory                    : hold - FORGOTTEN+lost - -
segment LICENSED done of_country                 : seize limit COUNTRY_FREE - -
segment LICENSED done of_hlr                     : seize limit HLR_FREE - -
segment COUNTRY_FREE done of_hlr                 : seize limit HLR_FREE - -
segment COUNTRY_FREE done of_country             : seize dialogues DIALOGUE_OPEN - -
segment COUNTRY_FREE timer of_country            : release phones RETRY_DUE - -
segment COUNTRY_FREE dropped of_country          : park ELEMENT_UP RESTARTED repeat -
segment COUNTRY_FREE wiped of_country            : hold - OVER+lost - -
segment HLR_FREE done of_hlr                     : seize dialogues DIALOGUE_OPEN - -
segment HLR_FREE timer of_hlr                    : release phones RETRY_DUE - -
segment HLR_FREE timer of_country of_hlr         : release limit COUNTRY_DROPPED - -
segment HLR_FREE dropped of_hlr                  : park ELEMENT_UP RESTARTED repeat -
segment HLR_FREE wiped of_hlr                    : hold - OVER+lost - -
segment DIALOGUE_OPEN timer of_hlr               : release limit HLR_DROPPED - -
segment DIALOGUE_OPEN timer of_country           : release limit COUNTRY_DROPPED - -
segment HLR_DROPPED done of_hlr                  : release phones RETRY_DUE - -
segment HLR_DROPPED done of_country of_hlr       : release limit COUNTRY_DROPPED - -
segment COUNTRY_DROPPED done of_country          : release phones RETRY_DUE - -
segment SRI_ANSWERED woken answer=none of_hlr    : release limit HLR_LEFT - -
segment SRI_ANSWERED timer of_hlr                : release limit HLR_LEFT - -
segment HLR_LEFT done of_hlr                     : spawn mt_forward_sm MT_SENT - ROUTE_KNOWN
segment HLR_LEFT done of_hlr cause=absent_subscriber : hold - REPORTED failed -
segment HLR_LEFT done of_hlr of_msc              : seize limit MSC_TRIED - -
segment SRI_ANSWERED woken answer=none of_msc    : seize limit MSC_TRIED - -
segment MSC_TRIED done of_msc                    : spawn mt_forward_sm MT_SENT - ROUTE_KNOWN
segment MSC_TRIED refused of_msc                 : release dialogues MSC_QUEUED - -
segment MSC_QUEUED done of_msc                   : seize limit MSC_FREE - -
segment MSC_QUEUED done of_msc late              : hold - CLOSED failed -
segment MSC_FREE done of_msc                     : seize dialogues MSC_DIALOGUE - -
segment MSC_FREE timer of_msc                    : hold - CLOSED failed -
segment MSC_FREE dropped of_msc                  : park ELEMENT_UP RESTARTED repeat -
segment MSC_FREE wiped of_msc                    : hold - OVER+lost - -
segment MSC_DIALOGUE done of_msc                 : spawn mt_forward_sm MT_SENT - ROUTE_KNOWN
segment MSC_DIALOGUE timer of_msc                : release limit CLOSED failed -
segment MSC_DIALOGUE dropped of_msc              : park ELEMENT_UP RESTARTED repeat -
segment MSC_DIALOGUE wiped of_msc                : hold - OVER+lost - -
segment MT_ANSWERED woken answer=none of_msc     : release limit MSC_LEFT - -
segment MT_ANSWERED timer of_msc                 : release limit MSC_LEFT - -
segment MSC_LEFT done of_msc                     : release dialogues CLOSED - -
segment CLOSED done of_country                   : release limit COUNTRY_LEFT - -
segment COUNTRY_LEFT done of_country             : release phones UNLOCKED - -
segment FORGOTTEN+expired done shared            : release share SHARE_LEFT+expired - -
segment FORGOTTEN+delivered done shared arrived  : release share SHARE_LEFT+delivered - -
segment SHARE_LEFT+expired done shared           : end - - segment_end SEGMENT_OVER
segment SHARE_LEFT+delivered done shared arrived : end - - segment_end SEGMENT_OVER
segment SHARE_LEFT+undeliverable done shared     : end - - segment_end SEGMENT_OVER
segment SHARE_LEFT+lost done shared              : end - - segment_end SEGMENT_OVER
segment HUB_CLOSED done hub of_country           : release limit COUNTRY_LEFT_AT_HUB - -
segment COUNTRY_LEFT_AT_HUB done hub of_country  : release phones HUB_UNLOCKED - -
segment HUB_WAITED wiped hub                     : hold - OVER+lost - -
segment HUB_ANSWERED wiped hub                   : hold - OVER+lost - -

submit_sm SM_ADMITTED done memory                : spawn segment SM_ACCEPTED accepted ACCEPTED
submit_sm SM_STORED done shared                  : seize share SHARE_TAKEN - -
submit_sm SM_STORED done writing                 : hold - WRITTEN - -
submit_sm SHARE_TAKEN done shared                : spawn segment SM_ACCEPTED accepted ACCEPTED
submit_sm SHARE_TAKEN refused shared             : release store SHARE_REFUSED - -
submit_sm SHARE_REFUSED done shared              : hold - SM_RETURNED refused -
submit_sm WRITTEN done writing                   : spawn segment SM_ACCEPTED accepted ACCEPTED
mo_forward_sm MO_ADMITTED done person memory     : spawn segment MO_ACCEPTED accepted ACCEPTED
mo_forward_sm MO_STORED done person writing      : hold - WRITTEN - -
mo_forward_sm WRITTEN done person writing        : spawn segment MO_ACCEPTED accepted ACCEPTED
submission INCOMING_NEXT done incoming memory    : spawn segment INCOMING_ACCEPTED accepted ACCEPTED
submission INCOMING_NEXT woken incoming memory   : spawn segment INCOMING_ACCEPTED accepted ACCEPTED

sri_sm START done ported                         : send smsc SRI_AT_OLD - -
sri_sm SRI_AT_OLD done ported                    : serve hlr SRI_OLD_SERVED - -
sri_sm SRI_AT_OLD lost ported                    : end - - - -
sri_sm SRI_OLD_SERVED done ported                : hold - SRI_REFERRED - -
sri_sm SRI_OLD_SERVED refused ported             : end - - - -
sri_sm SRI_OLD_SERVED dropped ported             : end - - - -
sri_sm SRI_REFERRED done ported                  : send hlr SRI_REDIRECTED - -
sri_sm SRI_REDIRECTED done ported                : send smsc SRI_AT_HLR - -
sri_sm SRI_REDIRECTED lost ported                : end - - - -

sri_sm START done                                : send smsc SRI_AT_HLR - -
sri_sm SRI_AT_HLR done                           : serve hlr SRI_SERVED - -
sri_sm SRI_AT_HLR lost                           : end - - - -
sri_sm SRI_SERVED done                           : hold - SRI_LOOKED_UP - -
sri_sm SRI_SERVED done flagged                   : hold - SRI_LOOKED_UP - LIST_SMSC
sri_sm SRI_SERVED done flagged urgent            : hold - SRI_LOOKED_UP - -
sri_sm SRI_SERVED done dead                      : hold - SRI_LOOKED_UP - -
sri_sm SRI_SERVED done barred                    : hold - SRI_LOOKED_UP - -
sri_sm SRI_SERVED done unlucky                   : hold - SRI_LOOKED_UP - -
sri_sm SRI_SERVED done overfull                  : hold - SRI_LOOKED_UP - -
sri_sm SRI_SERVED done purged                    : spawn ready_for_sm SRI_FLAGGED flagged FLAG_ABSENT
sri_sm SRI_SERVED done purged awaited            : hold - SRI_FLAGGED flagged FLAG_ABSENT
sri_sm SRI_SERVED done purged flagged            : hold - SRI_LOOKED_UP - LIST_SMSC
sri_sm SRI_SERVED done purged overfull           : wake WATCHED SRI_FLAGGED flagged FLAG_ABSENT
sri_sm SRI_FLAGGED done                          : hold - SRI_LOOKED_UP - -
sri_sm SRI_FLAGGED woken                         : hold - SRI_LOOKED_UP - -
sri_sm SRI_SERVED refused                        : end - - - -
sri_sm SRI_SERVED dropped                        : end - - - -
sri_sm SRI_LOOKED_UP done                        : send hlr SRI_RETURNED - -
sri_sm SRI_RETURNED done                         : wake ANSWER SRI_WOKEN - -
sri_sm SRI_RETURNED lost                         : end - - - -
sri_sm SRI_WOKEN done                            : end - - - -
sri_sm SRI_WOKEN woken                          : end - - - -

mt_forward_sm START done                         : send smsc MT_AT_MSC - -
mt_forward_sm START done long                    : send smsc MT_OPENED - -
mt_forward_sm MT_OPENED done                     : send msc MT_CONTINUED - -
mt_forward_sm MT_OPENED lost                     : end - - - -
mt_forward_sm MT_CONTINUED done                  : send smsc MT_AT_MSC - -
mt_forward_sm MT_CONTINUED lost                  : end - - - -
mt_forward_sm MT_AT_MSC done                     : serve msc MT_SERVED - AT_MSC
mt_forward_sm MT_AT_MSC lost                     : end - - - -
mt_forward_sm MT_SERVED done                     : hold - MT_ON_RADIO - -
mt_forward_sm MT_SERVED done failing             : hold - MT_FAILED - -
mt_forward_sm MT_SERVED done busy                : hold - MT_FAILED - -
mt_forward_sm MT_SERVED done gone                : hold - MT_FAILED - -
mt_forward_sm MT_SERVED done broken              : hold - MT_FAILED - -
mt_forward_sm MT_SERVED done full                : hold - MT_FAILED - -
mt_forward_sm MT_SERVED done off                 : hold - MT_FAILED - -
mt_forward_sm MT_SERVED done off detached        : hold - MT_FAILED - -
mt_forward_sm MT_SERVED refused                  : end - - - -
mt_forward_sm MT_SERVED done sgs                 : hold - MT_ON_RADIO - -
mt_forward_sm MT_SERVED done sgs off             : hold - MT_FAILED - -
mt_forward_sm MT_SERVED done celled              : wake OPEN_SESSION MT_SESSION - -
mt_forward_sm MT_SERVED done celled sgs          : hold - MT_ON_RADIO - -
mt_forward_sm MT_SERVED done celled failing      : hold - MT_FAILED - -
mt_forward_sm MT_SESSION done celled             : serve paging MT_PAGED - -
mt_forward_sm MT_SESSION done celled off         : serve paging MT_PAGED - -
mt_forward_sm MT_SESSION done celled off detached : hold - MT_FAILED - -
mt_forward_sm MT_SESSION woken celled            : hold - MT_ON_RADIO - -
mt_forward_sm MT_SESSION woken celled off        : hold - MT_FAILED - -
mt_forward_sm MT_PAGED done celled               : hold - MT_RESPONDED - TRIED
mt_forward_sm MT_PAGED done celled off           : hold - MT_UNANSWERED - TRIED
mt_forward_sm MT_PAGED refused celled            : hold - MT_UNANSWERED - TRIED
mt_forward_sm MT_PAGED refused celled msc_down   : end - - - -
mt_forward_sm MT_PAGED dropped celled msc_down   : end - - - -
mt_forward_sm MT_UNANSWERED done celled          : serve paging MT_PAGED - -
mt_forward_sm MT_UNANSWERED done tried           : hold - MT_FAILED - -
mt_forward_sm MT_RESPONDED done celled           : seize sdcch MT_CHANNEL - -
mt_forward_sm MT_RESPONDED done celled busy      : hold - MT_FAILED - -
mt_forward_sm MT_CHANNEL done celled             : hold - MT_ON_RADIO - CHANNEL_TAKEN
mt_forward_sm MT_CHANNEL done celled off         : hold - MT_OFF_AIR - CHANNEL_TAKEN
mt_forward_sm MT_CHANNEL refused celled          : hold - MT_RESPONDED - TRIED
mt_forward_sm MT_CHANNEL refused tried           : hold - MT_FAILED - -
mt_forward_sm MT_ON_RADIO done holding           : hold - MT_OFF_AIR handset ON_HANDSET
mt_forward_sm MT_OFF_AIR done holding            : release sdcch MT_FAILED - CHANNEL_FREE
mt_forward_sm MT_OFF_AIR done holding announced  : spawn session MT_FAILED - -
mt_forward_sm MT_OFF_AIR done holding announced cause=absent_subscriber : release sdcch MT_FAILED - CHANNEL_FREE
mt_forward_sm MT_SERVED dropped                  : end - - - -
mt_forward_sm MT_ON_RADIO done                   : hold - MT_FAILED handset ON_HANDSET
mt_forward_sm MT_ON_RADIO done nameless          : hold - MT_FAILED - -
mt_forward_sm MT_FAILED done                     : send msc MT_RETURNED - -
mt_forward_sm MT_RETURNED done                   : wake ANSWER MT_WOKEN - -
mt_forward_sm MT_RETURNED lost                   : end - - - -
mt_forward_sm MT_WOKEN done                      : end - - - -
mt_forward_sm MT_WOKEN woken                    : end - - - -

report_sm_delivery_status START done             : send smsc REPORT_AT_HLR - -
report_sm_delivery_status REPORT_AT_HLR done     : serve hlr REPORT_SERVED - -
report_sm_delivery_status REPORT_AT_HLR lost     : end - - - -
report_sm_delivery_status REPORT_SERVED done cause=absent_subscriber : spawn ready_for_sm REPORT_SPREAD flagged FLAG_ABSENT
report_sm_delivery_status REPORT_SERVED done cause=absent_subscriber awaited : hold - REPORT_SPREAD flagged FLAG_ABSENT
report_sm_delivery_status REPORT_SERVED done cause=absent_subscriber overfull : wake WATCHED REPORT_SPREAD flagged FLAG_ABSENT
report_sm_delivery_status REPORT_SERVED done cause=memory_capacity_exceeded : spawn ready_for_sm REPORT_SPREAD flagged FLAG_FULL
report_sm_delivery_status REPORT_SERVED done cause=memory_capacity_exceeded flagged : hold - REPORT_SPREAD flagged FLAG_FULL
report_sm_delivery_status REPORT_SERVED done cause=memory_capacity_exceeded overfull : hold - REPORT_SPREAD flagged FLAG_FULL
report_sm_delivery_status REPORT_SERVED done     : hold - REPORT_SPREAD flagged CLEAR_FLAGS
report_sm_delivery_status REPORT_SERVED refused  : end - - - -
report_sm_delivery_status REPORT_SERVED dropped  : end - - - -
report_sm_delivery_status REPORT_SPREAD done     : send hlr REPORT_RETURNED - -
report_sm_delivery_status REPORT_SPREAD woken    : send hlr REPORT_RETURNED - -
report_sm_delivery_status REPORT_SPREAD woken pending : spawn alert_sc REPORT_SPREAD - SPREAD_ONE
report_sm_delivery_status REPORT_SPREAD done pending : spawn alert_sc REPORT_SPREAD - SPREAD_ONE
report_sm_delivery_status REPORT_RETURNED done   : end - - - -
report_sm_delivery_status REPORT_RETURNED lost   : end - - - -

ready_for_sm START done flagged                  : park WATCHED RETURN_NOTICED - -
ready_for_sm START done flagged gone             : park WATCHED RETURN_NOTICED - -
ready_for_sm START done overfull                 : park WATCHED RETURN_NOTICED - -
ready_for_sm RETURN_NOTICED timer                : end - - - RETURN_DONE
ready_for_sm RETURN_NOTICED timer flagged        : send msc READY_AT_HLR - -
ready_for_sm RETURN_NOTICED timer flagged off    : park WATCHED RETURN_NOTICED - -
ready_for_sm RETURN_NOTICED timer overfull       : park WATCHED RETURN_NOTICED - -
ready_for_sm RETURN_NOTICED timer overfull cause=memory_capacity_exceeded : send msc READY_AT_HLR - -
ready_for_sm RETURN_NOTICED timer overfull full cause=memory_capacity_exceeded : park WATCHED RETURN_NOTICED - -
ready_for_sm RETURN_NOTICED timer overfull off cause=memory_capacity_exceeded : park WATCHED RETURN_NOTICED - -
ready_for_sm RETURN_NOTICED woken both           : park WATCHED RETURN_NOTICED - -
ready_for_sm RETURN_NOTICED woken flagged seen   : send msc READY_AT_HLR - -
ready_for_sm RETURN_NOTICED woken flagged off seen : park WATCHED RETURN_NOTICED - -
ready_for_sm READY_AT_HLR done                   : serve hlr READY_SERVED - -
ready_for_sm READY_AT_HLR lost                   : park WATCHED RETURN_NOTICED - -
ready_for_sm READY_SERVED done                   : hold - READY_SPREAD flagged CLEAR_FLAGS
ready_for_sm READY_SERVED done both              : hold - READY_SPREAD flagged CLEAR_ABSENT
ready_for_sm READY_SERVED done both cause=memory_capacity_exceeded : hold - READY_SPREAD flagged CLEAR_FLAGS
ready_for_sm READY_SERVED refused                : park WATCHED RETURN_NOTICED - -
ready_for_sm READY_SERVED dropped                : park WATCHED RETURN_NOTICED - -
ready_for_sm READY_SPREAD done pending           : spawn alert_sc READY_SPREAD - SPREAD_ONE
ready_for_sm READY_SPREAD done                   : send hlr READY_RETURNED - -
ready_for_sm READY_RETURNED done                 : end - - - RETURN_DONE
ready_for_sm READY_RETURNED lost                 : end - - - RETURN_DONE
ready_for_sm READY_RETURNED done flagged         : park WATCHED RETURN_NOTICED - -
ready_for_sm READY_RETURNED done overfull        : park WATCHED RETURN_NOTICED - -
ready_for_sm READY_RETURNED lost flagged         : park WATCHED RETURN_NOTICED - -

alert_sc START done                              : send hlr ALERT_AT_SMSC - -
alert_sc ALERT_AT_SMSC done                      : wake RETRY_WAIT ALERT_WOKEN alert -
alert_sc ALERT_AT_SMSC done draining             : wake RETRY_WAIT ALERT_WOKEN alert -
alert_sc ALERT_AT_SMSC done down                 : end - - - -
alert_sc ALERT_AT_SMSC lost                      : end - - - -
alert_sc ALERT_WOKEN done                        : send smsc ALERT_RETURNED - -
alert_sc ALERT_WOKEN woken                      : send smsc ALERT_RETURNED - -
alert_sc ALERT_RETURNED done                     : end - - - -
alert_sc ALERT_RETURNED lost                     : end - - - -

receipt START done                               : hold - RECEIPT_ARRIVED - -
receipt START done rated                         : serve receipts RECEIPT_SENT - -
receipt START done failures answer=none          : hold - RECEIPT_ARRIVED - -
receipt START done failures happy                : end - - - -
receipt START done whole                         : end - - - -
receipt START done whole over                    : hold - RECEIPT_ARRIVED - -
receipt RECEIPT_SENT done rated                  : hold - RECEIPT_ARRIVED - -
receipt RECEIPT_SENT dropped rated               : park ELEMENT_UP RECEIPT_KEPT - -
receipt RECEIPT_SENT refused rated               : park ELEMENT_UP RECEIPT_KEPT - -
receipt RECEIPT_KEPT woken rated                 : serve receipts RECEIPT_SENT - -
receipt RECEIPT_ARRIVED done                     : end - - - RECEIPT_IN
receipt RECEIPT_ARRIVED done rated               : serve account_receipts RECEIPT_TAKEN - -
receipt RECEIPT_TAKEN done rated                 : end - - - RECEIPT_IN
receipt RECEIPT_ARRIVED done failures            : end - - receipt RECEIPT_IN
receipt RECEIPT_ARRIVED done whole over          : end - - receipt MESSAGE_TOLD

status_report START done person                  : serve licence STATUS_LICENSED - -
status_report STATUS_LICENSED done person        : spawn sri_sm STATUS_SRI_SENT - -
status_report STATUS_LICENSED refused person     : end - - status_report -
status_report STATUS_LICENSED dropped person     : end - - status_report -
status_report STATUS_SRI_SENT done person        : park ANSWER STATUS_ROUTED - -
status_report STATUS_ROUTED woken person answer=none : spawn mt_forward_sm STATUS_SENT - -
status_report STATUS_ROUTED woken person answer=absent_subscriber : end - - status_report -
status_report STATUS_ROUTED timer person         : end - - status_report -
status_report STATUS_SENT done person            : park ANSWER STATUS_ANSWERED - -
status_report STATUS_ANSWERED woken person answer=none : end - - status_report -
status_report STATUS_ANSWERED timer person       : end - - status_report -

session START done holding                       : park OPEN_SESSION SESSION_WAITS - -
session SESSION_WAITS woken holding              : park OPEN_SESSION SESSION_WAITS - -
session SESSION_WAITS timer holding              : release sdcch SESSION_CLOSED - CHANNEL_FREE
session SESSION_CLOSED done                      : end - - - -
segment DIALOGUE_OPEN done hub                   : spawn hub_submission HUB_SENT attempt NEXT_ATTEMPT
segment HUB_SENT done hub                        : park ANSWER HUB_ANSWERED - -
segment HUB_ANSWERED woken hub answer=none       : release dialogues HUB_CLOSED - -
segment HUB_ANSWERED woken hub answer=route_failed : hold - REPORTED failed -
segment HUB_ANSWERED timer hub                   : hold - REPORTED failed -
segment HUB_ANSWERED dropped hub                 : park ELEMENT_UP RESTARTED repeat -
segment HUB_CLOSED done hub                      : release phones HUB_UNLOCKED - -
segment HUB_UNLOCKED done hub                    : park HUB_RECEIPT HUB_WAITED - -
segment HUB_WAITED woken hub answer=none         : hold - UNLOCKED - -
segment HUB_WAITED woken hub answer=absent_subscriber : hold - UNLOCKED failed -
segment HUB_WAITED timer hub                     : hold - UNLOCKED failed -
segment FORGOTTEN+delivered done                 : end - - segment_end SEGMENT_OVER

submission START done incoming                   : hold - INCOMING_NEXT submit -
submission INCOMING_NEXT done incoming           : seize store INCOMING_STORED - -
submission INCOMING_NEXT done incoming down      : park ELEMENT_UP INCOMING_NEXT - -
submission INCOMING_NEXT woken incoming          : seize store INCOMING_STORED - -
submission INCOMING_STORED done incoming         : spawn segment INCOMING_ACCEPTED accepted ACCEPTED
submission INCOMING_STORED dropped incoming      : hold - INCOMING_NEXT - -
submission INCOMING_ACCEPTED done incoming more  : hold - INCOMING_NEXT - NEXT_SEGMENT
submission INCOMING_ACCEPTED done incoming last  : end - - - SUBMISSION_OVER

hub_submission START done hub                    : hold - HUB_CHOSEN - HUB_BEGUN
hub_submission HUB_CHOSEN done hub               : serve hub HUB_PACED - ROUTE_KNOWN
hub_submission HUB_CHOSEN done hub second        : serve spare HUB_PACED - ROUTE_KNOWN
hub_submission HUB_CHOSEN done hub third cause=congestion : wake ANSWER HUB_REFUSED - -
hub_submission HUB_REFUSED done hub third        : end - - - SUBMISSION_OVER
hub_submission HUB_REFUSED woken hub third        : end - - - SUBMISSION_OVER
hub_submission HUB_PACED done hub                : hold - HUB_ACCEPTED - -
hub_submission HUB_PACED refused hub             : hold - HUB_CHOSEN - NEXT_ROUTE
hub_submission HUB_PACED dropped hub             : hold - HUB_CHOSEN - NEXT_ROUTE
hub_submission HUB_ACCEPTED done hub             : hold - HUB_RESPONDED routed AT_MSC
hub_submission HUB_RESPONDED done hub            : hold - HUB_UNDER_WAY - -
hub_submission HUB_UNDER_WAY done hub            : wake ANSWER HUB_DONE - -
hub_submission HUB_DONE done hub                 : hold - HUB_REPORTING - -
hub_submission HUB_DONE woken hub                 : hold - HUB_REPORTING - -
hub_submission HUB_REPORTING done hub            : hold - HUB_RECEIPT_IN handset ON_HANDSET
hub_submission HUB_REPORTING done hub cause=absent_subscriber : hold - HUB_RECEIPT_IN - -
hub_submission HUB_REPORTING done hub second cause=absent_subscriber : hold - HUB_RECEIPT_IN false_receipt -
hub_submission HUB_RECEIPT_IN done hub           : wake HUB_RECEIPT HUB_OVER - -
hub_submission HUB_RECEIPT_IN woken hub           : wake HUB_RECEIPT HUB_OVER - -
hub_submission HUB_RECEIPT_IN done hub down      : park ELEMENT_UP HUB_RECEIPT_IN - -
hub_submission HUB_OVER done hub                 : end - - - SUBMISSION_OVER
hub_submission HUB_OVER woken hub                 : end - - - SUBMISSION_OVER

mt_forward_sm MT_ON_RADIO done coded             : hold - MT_FAILED handset ON_HANDSET
mt_forward_sm MT_ON_RADIO done coded rest        : hold - MT_TOLD handset ON_HANDSET
mt_forward_sm MT_ON_RADIO done coded rest arrived : hold - MT_FAILED handset ON_HANDSET
mt_forward_sm MT_TOLD done coded                 : wake CODE_IN MT_FAILED - -
mt_forward_sm MT_TOLD done coded holding         : wake CODE_IN MT_OFF_AIR - -
mt_forward_sm MT_TOLD done answered coded        : wake CODE_IN MT_READ - -
mt_forward_sm MT_READ woken answered coded       : spawn reply MT_READ - REPLIES_SEEN
mt_forward_sm MT_ON_RADIO done answered coded    : hold - MT_TOLD handset ON_HANDSET
mt_forward_sm MT_FAILED woken coded              : send msc MT_RETURNED - -
hub_submission HUB_REPORTING done hub coded rest : hold - HUB_READ handset ON_HANDSET
hub_submission HUB_REPORTING done hub coded rest cause=absent_subscriber : hold - HUB_RECEIPT_IN - -
hub_submission HUB_READ done hub coded           : wake CODE_IN HUB_TOLD - -
hub_submission HUB_TOLD done hub coded           : hold - HUB_RECEIPT_IN - -
hub_submission HUB_TOLD woken hub coded          : hold - HUB_RECEIPT_IN - -
mt_forward_sm MT_OFF_AIR woken coded holding     : release sdcch MT_FAILED - CHANNEL_FREE

mt_forward_sm MT_ON_RADIO done answered          : hold - MT_READ handset ON_HANDSET
mt_forward_sm MT_ON_RADIO done answered arrived  : hold - MT_FAILED handset ON_HANDSET
mt_forward_sm MT_ON_RADIO done answered holding  : hold - MT_READ handset ON_HANDSET
mt_forward_sm MT_READ done answered              : spawn reply MT_READ - REPLIES_SEEN
mt_forward_sm MT_READ done answered shy          : hold - MT_FAILED - -
mt_forward_sm MT_READ done answered far          : hold - MT_FAILED - -
mt_forward_sm MT_READ done answered slow         : hold - MT_FAILED - -
mt_forward_sm MT_READ done answered second       : hold - MT_FAILED - -
mt_forward_sm MT_READ done answered second holding : hold - MT_OFF_AIR - -
submission START done person often               : spawn reply SUBMIT_BEGUN - -
submission START done person often slow          : hold - SUBMIT_BEGUN - -
submission SUBMIT_BEGUN done person often        : hold - SUBMIT_RADIO submit -
reply REPLY_DUE done person                      : submit own REPLY_SENT - -
reply START done                                 : hold - REPLY_DUE - -
reply REPLY_DUE done answers                     : submit own REPLY_SENT reply -
reply REPLY_SENT done                            : end - - - -

segment START done person to_account             : serve licence TO_LICENSED - -
segment START done person to_account first       : park RETRY_WAIT RETRY_DUE - -
segment START done person to_account down        : park ELEMENT_UP RESTARTED - -
segment RETRY_DUE timer person to_account        : serve licence TO_LICENSED - -
segment RETRY_DUE woken person to_account        : serve licence TO_LICENSED - -
segment RETRY_DUE timer person to_account late   : hold - OVER+expired - -
segment RESTARTED woken person to_account        : serve licence TO_LICENSED - -
segment TO_LICENSED done person to_account       : seize deliveries TO_WINDOW - -
segment TO_LICENSED refused person to_account    : park ELEMENT_UP RESTARTED repeat -
segment TO_LICENSED dropped person to_account    : park ELEMENT_UP RESTARTED repeat -
segment TO_LICENSED wiped person to_account      : hold - OVER+lost - -
segment TO_WINDOW done person to_account         : spawn deliver_sm TO_SENT attempt NEXT_ATTEMPT
segment TO_WINDOW timer person to_account        : hold - OVER+expired - -
segment TO_WINDOW dropped person to_account      : park ELEMENT_UP RESTARTED repeat -
segment TO_WINDOW wiped person to_account        : hold - OVER+lost - -
segment TO_SENT done person to_account           : park ANSWER TO_ANSWERED - -
segment TO_ANSWERED woken person to_account answer=none : release deliveries UNLOCKED - -
segment TO_ANSWERED woken person to_account answer=congestion : release deliveries UNLOCKED failed -
segment TO_ANSWERED timer person to_account      : release deliveries UNLOCKED failed -
segment TO_ANSWERED dropped person to_account    : park ELEMENT_UP RESTARTED repeat -
segment TO_ANSWERED wiped person to_account      : hold - OVER+lost - -
segment UNLOCKED done person to_account          : wake RETRY_WAIT OTHERS_WOKEN - -
segment UNLOCKED done person to_account cause=timeout : park RETRY_WAIT RETRY_DUE - -
segment OTHERS_WOKEN done person to_account      : hold - OVER+delivered - -
deliver_sm START done person to_account          : hold - DELIVER_ARRIVED - -
deliver_sm START done person to_account rated    : serve receipts DELIVER_PACED - -
deliver_sm DELIVER_PACED done person to_account rated : hold - DELIVER_ARRIVED - -
deliver_sm DELIVER_PACED refused person to_account rated : end - - - -
deliver_sm DELIVER_PACED dropped person to_account rated : end - - - -
deliver_sm DELIVER_ARRIVED done person to_account : hold - DELIVER_TAKEN - AT_ACCOUNT
deliver_sm DELIVER_ARRIVED done person to_account rated : serve account_receipts DELIVER_TAKEN - AT_ACCOUNT
deliver_sm DELIVER_TAKEN done person to_account  : hold - DELIVER_ANSWERED handset ON_HANDSET
deliver_sm DELIVER_TAKEN done person to_account answered : hold - DELIVER_READ handset ON_HANDSET
deliver_sm DELIVER_TAKEN refused person to_account : hold - DELIVER_RETURNED - -
deliver_sm DELIVER_READ done person to_account answered : spawn reply DELIVER_READ - REPLIES_SEEN
deliver_sm DELIVER_READ done person to_account answered shy : hold - DELIVER_ANSWERED - -
deliver_sm DELIVER_ANSWERED done person to_account : hold - DELIVER_RETURNED - -
deliver_sm DELIVER_RETURNED done person to_account : wake ANSWER DELIVER_WOKEN - -
deliver_sm DELIVER_WOKEN done person to_account  : end - - - -
deliver_sm DELIVER_WOKEN woken person to_account : end - - - -
"""  # noqa: E501

# What random small networks do not have: hubs that fail and refuse, and a foreign SMSC.
OFFNET = """
smscs: {south: {rate: 30 msg/s}}
routes:
  hub: {rate: 20 msg/s, queue: 300 ms, outcomes: {delivered: 50 %, system_failure: 50 %}}
  spare: {rate: 20 msg/s, queue: 0 s, delay: 12 s, receipts: fake}
populations: {abroad: {size: 90, country: SE, route: [hub, spare]}}
accounts: {bank: {rate: 60 msg/s}}
traffic:
  news: {to: abroad, messages: 200 msg, rate: 60 msg/s, validity: 20 s}
  theirs: {kind: incoming, smsc: south, to: city, rate: 1 msg/s, text: three}
failures:
  hub_down: {element: hub, at: +2 s, for: 1 s}
  crash: {element: north, at: +8 s, for: 10 s}
  away: {element: south, at: +20 s, for: 5 s}
"""

ROWS = [line for line in TABLE.splitlines() if line]
NOW = 100 * SECOND
# Every name that `codes` gives to a stage: all between two comments there, by its syntax tree.
_SOURCE = inspect.getsource(codes)
_STAGES = _SOURCE[_SOURCE.index("# Stages of each kind") : _SOURCE.index("# Why an attempt or")]
STAGE_NAMES = {
    node.id
    for node in ast.walk(ast.parse(_STAGES))
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
}


class Case(NamedTuple):
    """What a rule is given."""

    network: Network
    state: State
    job: Any
    now: int


def _missed(case: Case) -> Case:
    """The sender's own phone is flagged, and somebody watches for it."""
    source = case.job.source
    own = case.network.population_first[case.network.source_from[source]]
    own += writer_of(case.network, case.job)
    set_flags(case.state, own, MNRF | AWAITED, 1)
    return case


def _flag(case: Case, bits: int) -> Case:
    set_flags(case.state, global_phone(case.network, case.job), bits, 1)
    return case


def _with_fields(case: Case, **fields: Any) -> Case:
    return case._replace(network=case.network._replace(**fields))


def _set(case: Case, **fields: int) -> Case:
    for name, value in fields.items():
        setattr(case.job, name, value)
    return case


def _error(case: Case, where: int, cause: int) -> Case:
    first = [int(place > where) for place in range(PLACES + 1)]
    return _with_fields(case, error_first=first, error_end=[1.0], error_cause=[cause])


def _down(case: Case) -> Case:
    case.state.is_up[case.network.smsc_node[case.job.smsc]] = 0
    return case


def _draining(case: Case) -> Case:
    case.state.is_up[case.network.smsc_node[case.job.smsc]] = codes.DRAINING
    return case


def _all_over(case: Case) -> Case:
    case.state.over[case.job.record] = 7
    return case


def _behind(case: Case) -> Case:
    case.state.paused_ns[0] = SECOND
    return case


def _hub_down(case: Case) -> Case:
    case.state.is_up[case.network.route_node[0]] = 0
    return case


def _arrived(case: Case) -> Case:
    case.state.on_handset[case.job.record] |= 1 << case.job.segment
    return case


def _celled(case: Case, **fields: int) -> Case:
    """One cell with a page station and an SDCCH pool for every node; 2 pages, 1 retrial."""
    net, alike = case.network, [1] * case.network.nodes
    return _with_fields(
        _set(case, **fields),
        **dict.fromkeys(("node_areas", "node_cells", "node_retrials"), alike),
        **dict.fromkeys(("node_first_area", "node_first_cell"), [0] * net.nodes),
        node_pages=[2] * net.nodes,
        node_retrial_ns=[3 * SECOND] * net.nodes,
        node_session_ns=[4 * SECOND] * net.nodes,
        area_paging=[net.stations - 1],
        cell_sdcch=[net.pools - 1],
    )


def _kept(case: Case) -> Case:
    case.state.session_ns[case.job.record] = NOW + 1
    return case


def _msc_down(case: Case) -> Case:
    case.state.is_up[case.job.msc] = 0
    return case


def _limited(case: Case, kind: str) -> Case:
    """Dialogues towards all HLRs, all MSCs or all countries are limited."""
    net = case.network
    if kind == "country":
        return _with_fields(case, limit_population=[LIMIT] * len(net.limit_population))
    nodes = [
        LIMIT if (node in net.population_hlr) == (kind == "hlr") else limit
        for node, limit in enumerate(net.limit_node[: net.nodes])
    ]
    return _with_fields(case, limit_node=nodes * net.smscs)


def _answered(case: Case) -> Case:
    """Two of three segments are there; the other source answers, always and at once."""
    other = 1 - case.job.source
    case.state.on_handset[case.job.record] = 5
    return _with_fields(
        case,
        reply_first=[0, 1, 1] if other == 1 else [0, 0, 1],
        reply_source=[other],
        source_from=[codes.NOBODY, case.job.population],
        reply_digest=[7, 7],
        reply_low=[0.0, 0.0],
        reply_high=[1.0, 1.0],
        reply_delay=[codes.NOBODY, codes.NOBODY],
    )


def _quota(case: Case, **fields: list[int]) -> Case:
    """The first segment of a message goes to an operator that limits the account."""
    usual = {
        "account_quota": [0],
        "quota_station": case.network.quota_station or [codes.NOBODY],
        "quota_per_day": case.network.quota_per_day or [-1],
        "quota_waits": [0],
        "quota_first": [0, 1],
        "quota_end_ns": [200 * SECOND],
        "quota_resume_ns": [300 * SECOND],
    }
    case.job.segment = case.job.attempt = 0
    return _used(_with_fields(case, **{**usual, **fields}), -1)


def _used(case: Case, day: int) -> Case:
    """Three messages were taken on a day, from 0."""
    state = case.state._replace(quota_day=[day], quota_used=[3])
    return case._replace(state=state)


def _rest(case: Case) -> Case:
    """The other segments of the message are there."""
    case.state.on_handset[case.job.record] = 5
    return case


LIMIT, SHARE, DELIVERIES = 101, 102, 103  # pools that only conditions know

CONDITIONS = {
    "memory": lambda case: _with_fields(
        _set(case, in_memory=1), smsc_from_memory=[1] * case.network.smscs
    ),
    "writing": lambda case: _with_fields(case, smsc_store_ns=[SECOND] * case.network.smscs),
    "shared": lambda case: _with_fields(case, account_store=[SHARE]),
    "of_country": lambda case: _limited(case, "country"),
    "of_hlr": lambda case: _limited(case, "hlr"),
    "of_msc": lambda case: _limited(case, "msc"),
    "ported": lambda case: _with_fields(
        case, p_ported=[1.0], ported_hlr=list(case.network.population_hlr)
    ),
    "celled": _celled,
    "holding": lambda case: _celled(case, cell=0, channel_ns=NOW - SECOND),
    "tried": lambda case: _celled(case, tries=2),
    "sgs": lambda case: _with_fields(case, p_sgs=[1.0]),
    "announced": lambda case: _set(case, more=1),
    "kept": _kept,
    "msc_down": _msc_down,
    "more": lambda case: _set(case, segment=0),
    "last": lambda case: _set(case, segment=2),
    "copied": lambda case: _set(case, stored=63),
    "resends": lambda case: _with_fields(case, source_p_resend=[1.0] * 2 * len(codes.CAUSE_NAMES)),
    "behind": _behind,
    "rated": lambda case: _with_fields(
        case, receipt_station=[0, 0], account_receipt_station=[1, 1]
    ),
    "failures": lambda case: _with_fields(case, account_receipts=[OF_FAILED]),
    "happy": lambda case: _set(case, answer=codes.DELIVERED),
    "whole": lambda case: _with_fields(
        case, account_receipts=[OF_FAILED | OF_DELIVERED | OF_MESSAGE]
    ),
    "over": _all_over,
    "reporting": lambda case: _with_fields(case, p_status_report=[1.0]),
    "nameless": lambda case: _set(case, record=codes.NOBODY),
    "pausing": lambda case: _with_fields(case, account_pause_ns=[SECOND]),
    "old": lambda case: _with_fields(case, account_age_ns=[10 * SECOND] * len(codes.CAUSE_NAMES)),
    "tired": lambda case: _set(case, attempt=20),
    "down": _down,
    "draining": _draining,
    "late": lambda case: case._replace(now=NOW + 48 * 3600 * SECOND),
    "first": lambda case: _with_fields(case, first_attempt_ns=[SECOND]),
    "quiet": lambda case: _with_fields(case, account_receipts=[0]),
    "flagged": lambda case: _flag(case, MNRF | AWAITED),
    "awaited": lambda case: _flag(case, AWAITED),
    "urgent": lambda case: _with_fields(case, source_priority=[1, 1]),
    "dead": lambda case: _with_fields(case, p_unknown=[1.0]),
    "failing": lambda case: _error(case, BY_MSC, codes.SYSTEM_FAILURE),
    "busy": lambda case: _error(case, BY_PHONE, codes.SUBSCRIBER_BUSY),
    "gone": lambda case: _error(case, BY_PHONE, codes.ABSENT_SUBSCRIBER),
    "broken": lambda case: _error(case, BY_PHONE, codes.EQUIPMENT_PROTOCOL_ERROR),
    "purged": lambda case: _error(case, BY_HLR, codes.ABSENT_SUBSCRIBER),
    "unlucky": lambda case: _error(case, BY_HLR, codes.FACILITY_NOT_SUPPORTED),
    "barred": lambda case: _with_fields(case, p_barred=[1.0]),
    "full": lambda case: _with_fields(case, memory_free_ns=[1], memory_full_ns=[10**18]),
    "overfull": lambda case: _flag(case, MCEF | AWAITED),
    "both": lambda case: _flag(case, MNRF | MCEF | AWAITED),
    "off": lambda case: _with_fields(
        case, population_on_ns=[1], population_off_ns=[10**18], p_detached=[0.0]
    ),
    "detached": lambda case: _with_fields(case, p_detached=[1.0]),
    "missed": _missed,
    "seen": lambda case: _set(case, answer=SEEN),
    "pending": lambda case: _set(case, pending=2),
    "arrived": _arrived,
    "hub": lambda case: _with_fields(case, population_route_first=[0, 2], population_route=[0, 1]),
    "hub_down": _hub_down,
    "incoming": lambda case: _with_fields(case, source_smsc=[0, 0]),
    "second": lambda case: _set(case, pending=1),
    "third": lambda case: _set(case, pending=2),
    "long": lambda case: _with_fields(case, opens_from=[0, 0, 0, 0]),
    "prepaid": lambda case: _with_fields(
        case, p_prepaid=[1.0], population_charging=[0], charge_timer_ns=[10 * SECOND]
    ),
    "broke": lambda case: _with_fields(case, p_no_credit=[1.0]),
    "answered": _answered,
    "limited": lambda case: _quota(case, quota_station=[2]),
    "capped": lambda case: _quota(case, quota_per_day=[3]),
    "waits": lambda case: _with_fields(case, quota_waits=[1]),
    "used": lambda case: _used(case, 0),
    "yesterday": lambda case: _used(case, 1),
    "again": lambda case: _set(case, attempt=1),
    "coded": lambda case: _with_fields(
        case, source_person=[0, 0], source_code=[0, 0], person_source=[case.job.source]
    ),
    "further": lambda case: _with_fields(case, source_code=[1, 1]),
    "rest": _rest,
    "answers": lambda case: _with_fields(case, source_answers=[1, 0]),
    "often": lambda case: _with_fields(case, source_gaps=[0, 0]),
    "shy": lambda case: _with_fields(case, reply_high=[0.0, 0.0]),
    "far": lambda case: _with_fields(case, source_from=[codes.NOBODY, 1]),
    "slow": lambda case: _with_fields(
        case, reply_delay=[0, 0], quantile_ns=[10**18] * len(case.network.quantile_ns)
    ),
    "to_account": lambda case: _with_fields(
        case, source_to_account=[0, 0], account_deliveries=[DELIVERIES, DELIVERIES]
    ),
    "lenient": lambda case: _with_fields(case, charge_is_lenient=[1]),
}


@pytest.fixture(scope="module")
def scenario() -> Compiled:
    """One campaign and people who write, in three segments each."""
    return network(
        """
        traffic:
          news: {text: three}
          people: {kind: person_to_person, from: city, to: city, volume: 9 msg/day, text: three,
                   resend: {probability: 0 %}}
        routes: {hub: {outcomes: {system_failure: 100 %}}, spare: {receipts: fake}}
        """
    )


def case_of(scenario: Compiled, kind: str, stage: int, conditions: list[str]) -> Case:
    """A job of a kind in a stage, and the network and state that the conditions ask for."""
    net = scenario.network
    state = empty_state(net)
    record = new_record(state)
    job: Job = Row()
    source = scenario.names.sources.index("people" if "person" in conditions else "news")
    begin.begin_submission(net, job, source, 7, record, NOW - 10 * SECOND)
    begin.begin_record(net, state, record, job.text)
    job.kind, job.stage = codes.KIND_NAMES.index(kind), stage
    job.segment, job.dialogues, job.accepted_ns = 1, 3, NOW - 5 * SECOND
    job.attempt = int(kind != "submission")
    case = Case(net, state, job, NOW)
    for condition in conditions:
        field, equals, name = condition.partition("=")
        if equals:
            setattr(job, field, codes.CAUSE_NAMES.index(name))
        elif condition != "person":
            case = CONDITIONS[condition](case)
    return case


def stage_of(name: str) -> int:
    """Number of a stage, "OVER+expired" included."""
    base, _, state = name.partition("+")
    return int(getattr(codes, base)) + (codes.STATE_NAMES.index(state) if state else 0)


def place_of(case: Case, verb: str, name: str) -> int:
    """Number of a place, by what it is for the job."""
    net, job = case.network, case.job
    smsc = net.smsc_node[job.smsc]
    hlr = net.population_hlr[job.population]
    nodes = {"smsc": smsc, "hlr": hlr, "msc": job.msc, "sender": job.sender}
    nodes["charging"] = net.population_charging[job.population]
    if name == "-":
        return 0
    if name == "own":
        return int(job.source)
    if name in nodes:
        return nodes[name] if verb == "send" else net.node_station[nodes[name]]
    if verb == "spawn":
        return codes.KIND_NAMES.index(name)
    if verb in ("park", "wake"):
        return int(getattr(codes, name))
    return {
        "licence": net.node_station[smsc],
        "admission": net.admission_station[job.smsc],
        "account": net.account_station[0],
        "receipts": 0,
        "account_receipts": 1,
        "window": net.account_window[0],
        "store": net.smsc_store[job.smsc],
        "dialogues": net.smsc_dialogues[job.smsc],
        "phones": net.smsc_phones[job.smsc],
        "paging": net.area_paging[0] if net.area_paging else -1,
        "sdcch": net.cell_sdcch[0] if net.cell_sdcch else -1,
        "deliveries": DELIVERIES,
        "limit": LIMIT,
        "share": SHARE,
        "quota": 2,
        "hub": net.node_station[net.route_node[0]],
        "spare": net.node_station[net.route_node[1]],
    }[name]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row.partition(":")[0].split()))
def test_the_table(scenario: Compiled, row: str) -> None:
    """A rule asks for what the table says, and by itself changes neither job nor state."""
    given, _, wanted = row.partition(":")
    kind, stage, signal, *conditions = given.split()
    verb, place, next_stage, log, change = wanted.split()
    case = case_of(scenario, kind, stage_of(stage), conditions)
    before = dict(vars(case.job)), [list(column) for column in case.state]
    command = rules.step(
        case.network, case.state, case.job, codes.SIGNAL_NAMES.index(signal), case.now
    )
    assert (dict(vars(case.job)), [list(column) for column in case.state]) == before
    expected_stage = stage_of(stage if next_stage == "-" else next_stage)
    assert codes.VERB_NAMES[command.verb] == verb
    assert command.place == place_of(case, verb, place)
    assert command.stage == expected_stage
    assert codes.LOG_NAMES[command.log] == ("nothing" if log == "-" else log)
    assert command.change == (0 if change == "-" else getattr(codes, change))


CAUSES = """
mo_forward_sm MO_UNPAID done person prepaid : not_paid
mo_forward_sm MO_PAID done person prepaid : none
charge CHARGE_SERVED done person prepaid : none
charge CHARGE_SERVED done person prepaid broke : not_paid
mo_forward_sm MO_AT_MSC refused person : congestion
mo_forward_sm MO_ADMITTED refused person : throttled
mo_forward_sm MO_STORED refused person : store_full
submission ESME_RESPONDED woken answer=none : none
submission ESME_RESPONDED woken answer=throttled : throttled
submission ESME_RESPONDED timer : timeout
submit_sm SM_ADMITTED refused : throttled
submit_sm SM_STORED refused : store_full
segment SRI_ANSWERED timer : timeout
segment SRI_ANSWERED woken answer=absent_subscriber : absent_subscriber
segment MT_ANSWERED timer : timeout
segment TO_ANSWERED timer person to_account : timeout
segment TO_ANSWERED woken person to_account answer=congestion : congestion
deliver_sm DELIVER_TAKEN refused person to_account : congestion
segment HUB_ANSWERED timer hub : timeout
segment HUB_WAITED timer hub : timeout
segment HUB_WAITED woken hub answer=system_failure : system_failure
hub_submission HUB_PACED refused hub : congestion
hub_submission HUB_PACED refused hub hub_down : route_failed
hub_submission HUB_DONE done hub : system_failure
hub_submission HUB_REPORTING done hub cause=system_failure : system_failure
hub_submission HUB_REPORTING done hub second cause=system_failure : none
segment MT_ANSWERED woken answer=subscriber_busy : subscriber_busy
sri_sm SRI_SERVED done : none
sri_sm SRI_SERVED done flagged : absent_subscriber
sri_sm SRI_SERVED done flagged urgent : none
sri_sm SRI_SERVED done dead : unknown_subscriber
sri_sm SRI_SERVED done barred : call_barred
sri_sm SRI_SERVED done unlucky : facility_not_supported
sri_sm SRI_SERVED done unlucky flagged : facility_not_supported
sri_sm SRI_SERVED done overfull : none
sri_sm SRI_SERVED done purged urgent : absent_subscriber
sri_sm SRI_FLAGGED done cause=absent_subscriber : absent_subscriber
mt_forward_sm MT_SERVED done : none
mt_forward_sm MT_SERVED done failing : system_failure
mt_forward_sm MT_SERVED done busy : subscriber_busy
mt_forward_sm MT_SERVED done gone : absent_subscriber
mt_forward_sm MT_SERVED done broken : equipment_protocol_error
mt_forward_sm MT_SERVED done full : memory_capacity_exceeded
mt_forward_sm MT_SERVED done off full : absent_subscriber
ready_for_sm START done flagged gone : none
ready_for_sm START done overfull : memory_capacity_exceeded
mt_forward_sm MT_SERVED done off : absent_subscriber
mt_forward_sm MT_SERVED done off detached : absent_subscriber
mt_forward_sm MT_SERVED done sgs off : absent_subscriber
mt_forward_sm MT_SESSION done celled off detached : absent_subscriber
mt_forward_sm MT_SESSION woken celled off : absent_subscriber
mt_forward_sm MT_UNANSWERED done tried : absent_subscriber
mt_forward_sm MT_RESPONDED done celled busy : subscriber_busy
mt_forward_sm MT_CHANNEL done celled off : absent_subscriber
mt_forward_sm MT_CHANNEL refused tried : no_channel
submission SUBMIT_CHANNEL refused person tried : no_channel
submission SUBMIT_ANSWERED timer person holding : timeout
submission SUBMIT_ANSWERED woken person holding more answer=store_full : store_full
"""


@pytest.mark.parametrize("row", [line for line in CAUSES.splitlines() if line])
def test_causes(scenario: Compiled, row: str) -> None:
    """A rule notes the cause that the table says; the log of a refusal or failure says it too."""
    given, _, wanted = row.partition(":")
    kind, stage, signal, *conditions = given.split()
    case = case_of(scenario, kind, stage_of(stage), conditions)
    command = rules.step(
        case.network, case.state, case.job, codes.SIGNAL_NAMES.index(signal), case.now
    )
    assert codes.CAUSE_NAMES[command.cause] == wanted.strip()
    if command.log in (codes.LOG_FAILED, codes.LOG_REFUSED) and "down" not in conditions:
        assert codes.CAUSE_NAMES[command.value] == wanted.strip()


AMOUNTS = [
    ("submission SUBMIT_SENT done person", NOW + 40 * SECOND),
    ("submission ESME_PACED done", codes.NEVER),
    ("submission ESME_PACED done behind", SECOND),
    ("submission ESME_LIMITED done limited behind", SECOND),
    ("submission ESME_SENT done", NOW + 60 * SECOND),
    ("submit_sm START done", SECOND // 100),
    ("submit_sm SM_ADMITTED done", 0),
    ("submit_sm SM_ACCEPTED done", SECOND // 100),
    ("submit_sm SM_ADMITTED refused", SECOND // 100),
    ("submission ESME_RELEASED done cause=throttled", SECOND),
    ("mo_forward_sm MO_ADMITTED done person", 0),
    ("segment START done first", NOW + SECOND),
    ("segment RETRY_DUE timer", -1),
    ("segment LOCKED done", SECOND // 100),
    ("segment SRI_SENT done", NOW + 30 * SECOND),
    ("segment MT_SENT done", NOW + 60 * SECOND),
    ("segment UNLOCKED done cause=subscriber_busy", NOW + 10 * SECOND),
    ("segment LOCKED dropped", codes.NEVER),
    ("sri_sm SRI_SERVED done", SECOND // 50),
    ("mt_forward_sm MT_SERVED done failing", 0),
    ("mt_forward_sm MT_SERVED done off", 10 * SECOND),
    ("mt_forward_sm MT_SERVED done gone", 10 * SECOND),
    ("sri_sm SRI_FLAGGED done", SECOND // 50),
    ("mt_forward_sm MT_SERVED done off detached", 0),
    ("ready_for_sm READY_AT_HLR lost", NOW + 3600 * SECOND),
    ("receipt START done", SECOND // 100),
    ("mo_forward_sm MO_CHARGING done person prepaid", NOW + 10 * SECOND),
    # 2 s of access and 9 blocks of 235.4 ms: 134 octets and 36 of headers, 20 in a block.
    ("submission SUBMIT_CHANNEL done person celled", 4_118_600_000),
    ("submission SUBMIT_PAUSED done person holding", 2_118_600_000),
    ("submission SUBMIT_CHANNEL refused person celled", 3 * SECOND),
    ("submission SUBMIT_ANSWERED timer person holding", NOW - SECOND),
    ("mt_forward_sm MT_SERVED done celled", 2_118_600_000),
    ("mt_forward_sm MT_SERVED done celled announced", 6_118_600_000),
    ("mt_forward_sm MT_SESSION woken celled", 2_118_600_000),
    ("mt_forward_sm MT_PAGED refused celled", 10 * SECOND),
    ("mt_forward_sm MT_PAGED done celled off", 10 * SECOND),
    ("mt_forward_sm MT_CHANNEL done celled", 4_118_600_000),
    ("mt_forward_sm MT_CHANNEL refused celled", 3 * SECOND),
    ("mt_forward_sm MT_OFF_AIR done holding", NOW - SECOND),
    ("mt_forward_sm MT_OFF_AIR done holding announced", 4 * SECOND),
    ("session SESSION_WAITS timer holding", NOW - SECOND),
    ("segment HUB_SENT done hub", NOW + 60 * SECOND),
    ("segment HUB_UNLOCKED done hub", -1),
    ("hub_submission HUB_PACED done hub", SECOND // 20),
    ("hub_submission HUB_RESPONDED done hub", SECOND // 20),
    ("hub_submission HUB_DONE done hub", 3 * SECOND - SECOND // 20),
    ("hub_submission HUB_REPORTING done hub", SECOND // 20),
    ("hub_submission HUB_RECEIPT_IN done hub down", codes.NEVER),
    ("segment TO_LICENSED done person to_account", -1),
    ("segment TO_SENT done person to_account", NOW + 60 * SECOND),
    ("deliver_sm START done person to_account", SECOND // 100),
    ("deliver_sm DELIVER_ANSWERED done person to_account", SECOND // 100),
    ("deliver_sm DELIVER_TAKEN refused person to_account", SECOND // 100),
]


@pytest.mark.parametrize(("row", "amount"), AMOUNTS)
def test_amounts(scenario: Compiled, row: str, amount: int) -> None:
    """A rule waits as long as timers, policies and the scenario's defaults say; -1: validity."""
    kind, stage, signal, *conditions = row.split()
    case = case_of(scenario, kind, stage_of(stage), conditions)
    case = _with_fields(case, source_validity_ns=[-1, -1])  # that of the SMSC: 5 min
    command = rules.step(
        case.network, case.state, case.job, codes.SIGNAL_NAMES.index(signal), case.now
    )
    expected = case.job.accepted_ns + 300 * SECOND if amount == -1 else amount
    assert command.amount == expected


def test_every_stage_is_in_the_table() -> None:
    """The tables have a row for every stage of `codes`, and every kind, verb and signal."""
    words = [row.partition(":")[0].split() for row in ROWS]
    others = [row.partition(":")[0].split() for row in (*test_background.ROWS, *test_logins.ROWS)]
    assert {stage.partition("+")[0] for _, stage, *_ in words + others} == STAGE_NAMES
    assert {kind for kind, *_ in words + others} == set(codes.KIND_NAMES)
    assert {signal for _, _, signal, *_ in words} == set(codes.SIGNAL_NAMES)
    verbs = {row.partition(":")[2].split()[0] for row in ROWS}
    assert verbs == set(codes.VERB_NAMES)


def test_what_occurs_is_in_the_table() -> None:
    """Whatever happens in random small networks, its kind, stage and signal are in a table."""
    words = [
        row.partition(":")[0].split() for row in (*ROWS, *test_background.ROWS, *test_logins.ROWS)
    ]
    listed = {
        (codes.KIND_NAMES.index(kind), stage_of(stage), codes.SIGNAL_NAMES.index(signal))
        for kind, stage, signal, *_ in words
    }
    met: set[tuple[int, int, int]] = set()

    def spy(network: Network, state: State, job: Any, signal: int, now: int) -> Any:
        met.add((job.kind, job.stage, signal))
        return rules.step(network, state, job, signal, now)

    for seed in range(100, 124):
        simulate(network(random_changes(seed)), step=spy)
    simulate(network(OFFNET), step=spy)
    assert met - listed == set()
    assert len(met) > 0.75 * len(listed)
