"""Where machine code finds the columns of the network and the state.

An event asks many of the network's hundreds of columns about one station, one link set or one
population.  So these stand row by row, in one or two cache lines; and columns as narrow as their
numbers allow leave the cache to the rest.  Measured in docs/performance.md.
"""

from smsc_sim.model.network import Int8, Int16, Int32

STATION = {
    "station_service_ns": int,
    "station_patience_ns": int,
    "station_servers": Int32,
    "station_line": Int32,
    "station_element": Int32,
    "station_is_random": Int8,
}
LINK_SET = {
    "set_octet_ns": float,
    "set_msu_ns": int,
    "set_propagation_ns": int,
    "set_first_station": Int32,
    "set_first_link": Int32,
    "set_links": Int16,
    "set_from": Int16,
    "set_to": Int16,
    "set_transport": Int8,
}
NODE = {
    "node_station": Int32,
    "foreign_hlr_time": Int32,
    "foreign_hlr_outcomes": Int32,
    "foreign_msc_time": Int32,
    "foreign_msc_outcomes": Int32,
    "node_areas": Int32,
    "node_first_area": Int32,
    "node_cells": Int32,
    "node_first_cell": Int32,
    "node_session_ns": int,
    "hlr_answer_ns": int,
    "node_smsc": Int16,
    "is_relay": Int8,
}
POOL = {
    "pool_units": int,
    "pool_line": Int32,
    "pool_group": Int32,
    "pool_element": Int16,
}
SMSC = {
    "smsc_store_ns": int,
    "cache_ns": int,
    "sri_timer_ns": int,
    "mt_timer_ns": int,
    "receipt_timer_ns": int,
    "smsc_validity_ns": int,
    "smsc_node": Int32,
    "smsc_store": Int32,
    "smsc_dialogues": Int32,
    "smsc_phones": Int32,
    "smsc_retry_station": Int32,
    "receipt_station": Int32,
    "admission_station": Int32,
    "cache_first": Int32,
    "smsc_alternate": Int16,
    "smsc_from_memory": Int8,
}
POPULATION = {
    "population_digest": int,
    "population_on_ns": int,
    "population_off_ns": int,
    "p_detached": float,
    "p_noticed": float,
    "activity_ns": int,
    "periodic_ns": int,
    "p_unknown": float,
    "p_barred": float,
    "p_ported": float,
    "p_roaming": float,
    "memory_free_ns": int,
    "memory_full_ns": int,
    "paging_ns": int,
    "paging_timeout_ns": int,
    "access_ns": int,
    "block_ns": int,
    "p_sgs": float,
    "p_ims": float,
    "sgs_answer_ns": int,
    "ims_answer_ns": int,
    "p_prepaid": float,
    "p_no_credit": float,
    "charge_timer_ns": int,
    "p_status_report": float,
    "alert_low_ns": int,
    "alert_high_ns": int,
    "population_size": Int32,
    "population_hlr": Int32,
    "ported_hlr": Int32,
    "population_charging": Int32,
    "block_octets": Int32,
    "charge_is_lenient": Int8,
}
TEXT = {
    "text_keep": float,
    "text_alias": Int32,
    "text_full_octets": Int16,
    "text_last_octets": Int16,
    "text_segments": Int8,
}
OF_NETWORK = (
    STATION,
    LINK_SET,
    NODE,
    POOL,
    SMSC,
    POPULATION,
    TEXT,
    {"msu_octets": Int16},
    {"operation_priority": Int8},
    {"leg_is_short": Int8},
    {"cell_sdcch": Int32},
    {"cell_tch": Int32},
    {"share_end": Int32},
    {"share_msc": Int16},
)

# The record of a message, and how many jobs the engine knows to hold it.
RECORD = {
    "users": Int32,
    "left": Int32,
    "segments": Int8,
    "accepted": int,
    "on_handset": int,
    "reported": int,
    "whole_ns": int,
    "over": int,
    "worst": Int8,
    "session_ns": int,
}
OF_STATE = (
    {"is_up": Int8},
    {"free_first": Int32},
    {"route_first": Int32},
    {"route_set": Int16},
)
