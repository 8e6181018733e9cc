//! The code lists that the receiver looks values up in.
//!
//! Codes only, restated from the national lists of 2024 (HIS 80821 and its profiles name them). Lists that change every
//! year and are only displayed (NLK, municipalities, specialities) are checked by shape or not at all.

/// Prefix of the national code systems' OIDs.
pub(super) const OID: &str = "2.16.578.1.12.4.1.1.";

/// List of an element's coded value, by parent and name, v1.6. The lists that v1.5 has instead are in [`list_v1_5`].
pub(super) fn list(parent: &str, name: &str) -> Option<&'static str> {
    Some(match (parent, name) {
        ("Message", "Status") => "APR NAPR TEST",
        ("ServReq", "ServType") => "A C M N",
        ("ReqInvestigation", "ServType") => "A C H M N",
        ("ServReq", "PaymentCat") => {
            "1 11 12 13 20 22 24 30 32 40 43 44 45 47 50 51 60 70 80 90 99 GR IN OF PA PF RE TR"
        }
        ("ServReq", "RequestedPrioReport") => "H L N",
        ("ServReq", "EscortRequired") => "1 2 3",
        ("ReasonAsText", "Heading") => "BG BUP-BM BUP-HG DIAG FA FO FU HJ IP KF MAAL MU PROB RU SVU UP UTRED VU",
        ("Comment", "Heading") => "ADM BUP-O BUP-S DIAG EHK SH TEL",
        ("Pretreatment", "Heading") => "DI FA MEDB PFP",
        (_, "Sex") => "0 1 2 9",
        ("Patient", "TypeOffId") => "DNR FHN FNR HNR",
        ("Patient", "Relation") => "DO FO MO XX",
        ("ResponsibleHcp", "Relation") => {
            "AHP ALE AMO ARP ASO AUT BIO DLE FLE HHE KHM KLE KPS LAB OEB OES OPL PRT REK RSC SCR SEK SLE UTF"
        }
        ("InfItem", "Type") => "ANAM ART B CAVE FUNN GBEH GOPL H MEDB MPRS NB OPIN OPPL PROG PRS SM SYKM SYMP TB US",
        ("ReqInvestigation", "Purpose") => "1 2 3 4",
        (_, "Priority") => "0 1 14 180 1H 2 21 2H 3 30 360 4H 7 8H 90 N PK",
        ("AnalysedSubject", "SampleCollInd") => "1 2",
        (_, "ComMethod" | "ReqComMethod" | "ActComMethod") => "EDI PST",
        ("CopyDestRole", "MsgType") => "B R S",
        ("RefDoc", "MsgType") => "A REF XML",
        ("RefDoc", "Compression") => "DF GZ Z",
        ("HCProf", "Type") => {
            "AA AT AU BI ET FA1 FA2 FB FO FT HE HF HP JO KE KI LE MT NP OA OI OP OR OS PE PM PS RA SP TH TL TP TT VE VP XX"
        }
        ("HCProf" | "HCPerson", "TypeId") => "DKF DNR DUF FHN FNR FPN HER HNR HPR PNR SEF SSN UID XXX",
        ("Inst" | "Dept", "TypeId") => "AKO APO AVD ENH HER LAV LIN LOK NPR RSH SYS",
        ("AdmLocation", "AdmCat") => "1 2 3 4 5 6",
        ("Address", "Type") => "BAD H HP HV INV PST RES TMP WP",
        _ => return None,
    })
}

/// The lists that differ in v1.5.
pub(super) fn list_v1_5(parent: &str, name: &str) -> Option<&'static str> {
    Some(match (parent, name) {
        ("ServReq", "RequestedPrioReport") => "DATO NORM OHJELP PK TEL TELC",
        ("ResponsibleHcp", "Relation") => "ARP AUT FLE HHE OEB OES REK RHI RHP",
        ("HCProf" | "HCPerson" | "Inst" | "Dept", "TypeId") => {
            "AKO APO AVD DKF DNR DUF EHK ENH FHN FNR FPN HER HNR HPR LAV LIN LOK LOP NPR PNR RSH SEF SSN SYS XXX"
        }
        _ => return list(parent, name),
    })
}

/// Code systems that may stand in `S` of a coded value; nothing means that the place is not checked.
pub(super) fn systems(parent: &str, name: &str) -> Option<&'static str> {
    Some(match (parent, name) {
        ("ServReq", "Reservation") => "3108",
        ("Comment", "TextCode") => "8274",
        ("Investigation", "Id") => "7270 8219 7010 7280 8212",
        ("Investigation", "Spec") => "7270 7010 7280 8212",
        ("AnalysedSubject", "TypeCoded") => "8216 8351 8212",
        ("CollectedSample", "CollectorsCommentCoded") => "8275",
        ("HCP", "MedSpeciality") => "8451 7426",
        ("Observation", "CodedDescr") => "8217 8218 8210 8209 7170 7171 7110 8212",
        _ => return None,
    })
}

/// Members of a code system that is short enough to hold.
pub(super) fn members(system: &str) -> Option<&'static str> {
    Some(match system {
        "3108" => "R T U",
        "8209" => "AMM GR23 INS IVK KLA KOM MFJ MPR PRY",
        "8210" => "ANN COC GR1 IVK MEY NEV NOCOC NOGR1 NOIVK NOMEY NONEV NOPAC PAC XXX",
        "8216" => "AN ASC BRO CVX EKSP EKSP1 EKSP2 EKSP3 ENDM FIN PLR PLRH PLRV UR UR1 UR2 UR3 VAG VUL",
        "8217" => "DESC DIG GRAVID IUD MENO MENS NOGR PP PPART TERMIN_EST TERMIN_UL",
        "8218" => "AN BIO EL HYST KON SUP UNIO",
        "8219" => "A BL C D E EM EMI F FISH FLW FNA G GO H H1 H2 H3 HPV K LKP LP M MA MAMI MI MP P PCR PL R RM T VC",
        "8274" => "1 2",
        "8275" => "A BS S",
        _ => return None,
    })
}

/// NLK: three letters and five digits (HISD 1101).
pub(super) fn is_nlk(code: &str) -> bool {
    let bytes = code.as_bytes();
    bytes.len() == 8
        && (code.starts_with("NPU") || code.starts_with("NOR"))
        && bytes[3..].iter().all(u8::is_ascii_digit)
}

/// The official text of an error code of list 8221; an unknown code is shown as another fault.
pub(crate) fn error_text(code: &str) -> &'static str {
    match code {
        "E10" => "Ugyldig meldingsidentifikator",
        "E20" => "Lege finnes ikke",
        "E21" => "Mottaker finnes ikke",
        "E30" => "Pasientens fødselsnummer mangler",
        "E31" => "Pasientens fødselsnummer er feil",
        "E32" => "Pasientens navn mangler",
        "E33" => "Pasientens etternavn mangler",
        "E34" => "Pasientens fornavn mangler",
        "E35" => "Pasienten finnes ikke i mottakersystemet",
        "E36" => "Pasientopplysninger er utilstrekkelige",
        "E53" => "Pasientens fødselsnummer eller D-nummer finnes ikke registrert i Folkeregisteret.",
        "E54" => "Pasientens fødselsnummer er ikke registrert i mottagersystemet",
        "S01" => "Feil på signatur",
        "S02" => "Ugyldig sertifikat",
        "S03" => "Tilbaketrukket sertifikat",
        "S99" => "Annen feil på signatur eller sertifikat",
        "T01" => "Ikke XML / ikke 'well formed' / uleselig",
        "T02" => "XML validerer ikke",
        "T10" => "Støtter ikke meldingsformatet",
        "T99" => "Annen feil på format",
        _ => "Annen feil",
    }
}
