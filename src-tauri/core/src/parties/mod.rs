//! People and organisations that a requisition names.
