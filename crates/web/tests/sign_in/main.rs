//! Signing in over HTTP, as a browser without scripts does, on both engines.
#![expect(clippy::unwrap_used, reason = "whatever goes wrong in a test fails it")]

mod browser;

use backhaul_app::Roles;
use backhaul_app::sign_in::SignInSettings;
use backhaul_testkit::Database;
use jiff::SignedDuration;

use self::browser::{Browser, Server};

const PASSWORD: &str = "kiosk lantern 94 ferry";
/// Where finance finds its work; most of the stories are of that role.
const FINANCE_BEGINS: &str = "/desk/refunds";

backhaul_testkit::on_both_engines! {
    whoever_signs_in_goes_where_they_were_going_and_out_again
    every_wrong_pair_reads_the_same_and_too_many_wait
    the_second_step_is_asked_for_and_a_code_opens_once
    a_session_is_listed_and_ended_from_another_browser
    the_account_asks_for_a_proof_when_the_last_is_long_ago
    an_invitation_makes_a_member_of_staff
    a_form_of_another_site_is_refused_and_cookies_are_for_the_desk_alone
    nobody_sees_the_staff_but_the_owner
    the_first_start_says_how_to_begin
    a_weak_password_is_told_beside_its_field
}

fn server(database: &Database, staff: &[(&str, &str)]) -> Server {
    let server = Server::over(database, SignInSettings::default());
    for (name, roles) in staff {
        let roles = Roles::parse(roles).unwrap();
        server.wait(server.app.put_staff(name, &roles, Some(PASSWORD))).unwrap();
    }
    server
}

fn sign_in(browser: &mut Browser, name: &str) {
    let page = browser.send("/desk/sign-in", &[("name", name), ("password", PASSWORD)]);
    assert!(page.status == 200 && !page.path.starts_with("/desk/sign-in"), "{}", page.text);
    assert!(browser.cookie("bh_staff").is_some());
}

fn whoever_signs_in_goes_where_they_were_going_and_out_again(database: &Database) {
    let server = server(database, &[("anna", "owner")]);
    let mut anna = server.browser();
    let page = anna.get("/desk/staff");
    assert_eq!(page.path, "/desk/sign-in?next=%2Fdesk%2Fstaff");
    let next = page.field("next");
    let page =
        anna.send("/desk/sign-in", &[("name", " anna "), ("password", PASSWORD), ("next", &next)]);
    assert_eq!(page.path, "/desk/staff");
    let token = anna.cookie("bh_staff").unwrap();
    let elsewhere = [("name", "anna"), ("password", PASSWORD), ("next", "//evil.example")];
    assert_eq!(anna.send("/desk/sign-in", &elsewhere).path, "/desk/cases");
    assert_ne!(anna.cookie("bh_staff"), Some(token.clone()), "each sign-in has its own token");
    let mut old = server.browser();
    old.keep("bh_staff", &token);
    assert_eq!(
        old.get("/desk/account").path,
        "/desk/sign-in?next=%2Fdesk%2Faccount",
        "the old one ended"
    );
    let page = anna.send("/desk/sign-out", &[]);
    assert!(page.path.starts_with("/desk/sign-in"), "{}", page.path);
    assert_eq!(anna.get("/desk/cases").path, "/desk/sign-in?next=%2Fdesk%2Fcases");
}

fn every_wrong_pair_reads_the_same_and_too_many_wait(database: &Database) {
    let server = server(database, &[("anna", "finance"), ("gone", "dock")]);
    server.wait(server.app.retire_staff("gone")).unwrap();
    let mut browser = server.browser();
    let mut wrong = |name: &str| {
        let page = browser.send("/desk/sign-in", &[("name", name), ("password", "wrong")]);
        assert_eq!(page.status, 200);
        page.text.replace(&format!("value=\"{name}\""), "")
    };
    let (known, unknown, gone) = (wrong("anna"), wrong("nobody"), wrong("gone"));
    assert!(known == unknown && known == gone, "the pages tell them apart");
    assert!(known.contains("That is not right"));
    for _ in 0..4 {
        wrong("anna");
    }
    let mut right = || browser.send("/desk/sign-in", &[("name", "anna"), ("password", PASSWORD)]);
    let page = right();
    assert!(page.text.contains("Wait 1 seconds"), "{}", page.text);
    server.pass(SignedDuration::from_secs(1));
    assert_eq!(right().path, FINANCE_BEGINS);
}

fn the_second_step_is_asked_for_and_a_code_opens_once(database: &Database) {
    let server = server(database, &[("anna", "finance")]);
    let mut anna = server.browser();
    sign_in(&mut anna, "anna");
    let page = anna.send("/desk/account/totp", &[]);
    let (token, secret) =
        (page.field("token"), page.between("<code class=\"bh-wrap\">", "</code>"));
    assert!(page.text.contains("<svg"));
    let wrong = anna.send("/desk/account/totp/add", &[("token", &token), ("code", "000000")]);
    assert!(wrong.text.contains(&secret) && wrong.text.contains("not the code"));
    let code = server.code(&secret);
    let page = anna.send("/desk/account/totp/add", &[("token", &token), ("code", &code)]);
    let recovery = page.between("<li><code>", "</code>");
    assert_eq!(recovery.len(), 19);
    assert!(!anna.get("/desk/account").text.contains(&recovery), "codes are shown once");

    server.pass(SignedDuration::from_secs(30));
    for code in [server.code(&secret), recovery] {
        let mut other = server.browser();
        let page = other.send("/desk/sign-in", &[("name", "anna"), ("password", PASSWORD)]);
        assert_eq!(page.path, "/desk/sign-in/second?next=%2Fdesk");
        assert!(other.cookie("bh_staff").is_none(), "half is nothing");
        assert_eq!(other.send("/desk/sign-in/second", &[("code", &code)]).path, FINANCE_BEGINS);
        assert!(other.cookie("bh_half").is_none());
        let mut again = server.browser();
        again.send("/desk/sign-in", &[("name", "anna"), ("password", PASSWORD)]);
        let page = again.send("/desk/sign-in/second", &[("code", &code)]);
        assert!(page.text.contains("not right, or was used already"), "{}", page.text);
    }
    let mut none = server.browser();
    assert!(none.get("/desk/sign-in/second").path.starts_with("/desk/sign-in?next="));
}

fn a_session_is_listed_and_ended_from_another_browser(database: &Database) {
    let server = server(database, &[("anna", "finance")]);
    let (mut here, mut there) = (server.browser(), server.browser());
    sign_in(&mut here, "anna");
    sign_in(&mut there, "anna");
    let name = here.get("/desk/account").field("session");
    let page = here.send("/desk/account/sessions/end", &[("session", &name)]);
    assert_eq!(page.path, "/desk/account?done=saved");
    assert!(there.get("/desk/cases").path.starts_with("/desk/sign-in"));
    assert_eq!(here.get("/desk/cases").status, 200);
    sign_in(&mut there, "anna");
    let new = "ferry kiosk 12 lantern";
    here.send("/desk/account/password", &[("old", PASSWORD), ("new", new)]);
    assert!(there.get("/desk/cases").path.starts_with("/desk/sign-in"), "another password");
    assert_eq!(here.get("/desk/cases").path, "/desk/cases");
    server.wait(server.app.retire_staff("anna")).unwrap();
    assert!(here.get("/desk/cases").path.starts_with("/desk/sign-in"), "who left is out");
}

fn the_account_asks_for_a_proof_when_the_last_is_long_ago(database: &Database) {
    let server = server(database, &[("anna", "finance")]);
    let mut anna = server.browser();
    sign_in(&mut anna, "anna");
    server.pass(SignedDuration::from_mins(11));
    let before = anna.cookie("bh_staff");
    let page = anna.send("/desk/account/totp", &[]);
    assert_eq!(page.path, "/desk/prove?next=%2Fdesk%2Faccount");
    let wrong = anna.send("/desk/prove", &[("password", "wrong"), ("next", "/desk/account")]);
    assert!(wrong.text.contains("Look at the password and the code"));
    let page = anna.send("/desk/prove", &[("password", PASSWORD), ("next", "/desk/account")]);
    assert_eq!(page.path, "/desk/account");
    assert_ne!(anna.cookie("bh_staff"), before, "the token changes");
    assert!(anna.send("/desk/account/totp", &[]).text.contains("<svg"));
}

fn an_invitation_makes_a_member_of_staff(database: &Database) {
    let server = server(database, &[("boss", "owner")]);
    let mut boss = server.browser();
    sign_in(&mut boss, "boss");
    let none = boss.send("/desk/staff/invite", &[("name", "ben")]);
    assert!(none.text.contains("Choose at least one role") && none.text.contains("value=\"ben\""));
    let page =
        boss.send("/desk/staff/invite", &[("name", "ben"), ("role", "dock"), ("role", "finance")]);
    let link = page.between("/desk/invitation/", "\"");
    let mut ben = server.browser();
    let path = format!("/desk/invitation/{link}");
    assert!(ben.get(&path).text.contains("as ben"));
    let weak = ben.send(&path, &[("password", "ben2026ben2026")]);
    assert!(weak.text.contains("easy to guess"), "{}", weak.text);
    assert_eq!(ben.send(&path, &[("password", "ferry kiosk 12 lantern")]).path, "/desk/cases");
    assert!(server.browser().get(&path).text.contains("good no more"));
    let page = boss.get("/desk/staff");
    assert!(page.text.contains("used the invitation") && page.text.contains("was invited"));
    boss.send("/desk/staff/retire", &[("name", "ben")]);
    assert!(ben.get("/desk/cases").path.starts_with("/desk/sign-in"));
    let page = boss.send("/desk/staff/retire", &[("name", "boss")]);
    assert!(page.text.contains("last owner"), "{}", page.text);
}

fn a_form_of_another_site_is_refused_and_cookies_are_for_the_desk_alone(database: &Database) {
    let server = server(database, &[("anna", "finance")]);
    let mut anna = server.browser();
    sign_in(&mut anna, "anna");
    let set = anna.last_set_cookie("bh_staff").unwrap();
    for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Secure"] {
        assert!(set.contains(part), "{part}: {set}");
    }
    for path in [
        "/desk/sign-in",
        "/desk/account/password",
        "/desk/sign-out",
        "/desk/account/sessions/end-others",
    ] {
        let page = anna.send_from("https://evil.example", path, &[("name", "anna")]);
        assert_eq!(page.status, 403, "{path}");
    }
    assert_eq!(anna.get("/desk/cases").status, 200, "and nothing was done");
    assert_eq!(anna.get("/desk/account").header("cache-control").as_deref(), Some("no-store"));
}

fn nobody_sees_the_staff_but_the_owner(database: &Database) {
    let server = server(database, &[("anna", "finance representative dock"), ("boss", "owner")]);
    let mut anna = server.browser();
    sign_in(&mut anna, "anna");
    assert_eq!(anna.get("/desk/staff").status, 403);
    for path in ["invite", "invite-again", "roles", "reset", "end-sessions", "retire"] {
        let page = anna.send(&format!("/desk/staff/{path}"), &[("name", "boss"), ("role", "dock")]);
        assert_eq!(page.status, 403, "{path}");
    }
    let mut boss = server.browser();
    sign_in(&mut boss, "boss");
    assert_eq!(boss.get("/desk/staff").status, 200);
}

fn the_first_start_says_how_to_begin(database: &Database) {
    let server = server(database, &[]);
    let page = server.browser().get("/desk/sign-in");
    assert!(page.text.contains("backhaul user add NAME --role owner --password"));
    server
        .wait(server.app.put_staff("boss", &Roles::parse("owner").unwrap(), Some(PASSWORD)))
        .unwrap();
    assert!(!server.browser().get("/desk/sign-in").text.contains("backhaul user add"));
}

fn a_weak_password_is_told_beside_its_field(database: &Database) {
    let server = server(database, &[("anna", "finance")]);
    let mut anna = server.browser();
    sign_in(&mut anna, "anna");
    for (new, told) in [
        ("1qaz2wsx3edc4rfv", "known from breaches"),
        ("annaanna2026", "easy to guess"),
        ("short", "12 to 200 characters"),
    ] {
        let page = anna.send("/desk/account/password", &[("old", PASSWORD), ("new", new)]);
        assert!(
            page.text.contains(told) && page.text.contains("href=\"#new\""),
            "{new}: {}",
            page.text
        );
        assert!(!page.text.contains(new), "what was typed is not told back");
    }
}
