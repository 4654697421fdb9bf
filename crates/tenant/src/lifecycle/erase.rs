use store::{StoreError, TenantTx, params};

use crate::members::Member;

/// Erases whatever tells who a member was: names, addresses, profile fields, words of the search, what was asked and answered, roles,
/// sessions, invitations, lines of imports, what a job had to say to them, and the clear values behind the audit log's hashes (WEB-22). What stays is a row without a name: its
/// subject, by which the identity server's newer snapshots go on where the older ones ended, the number of the switch that was marked as
/// compromised, which it may not have heard of, and the entries of the log.
pub(super) async fn erase(tx: &mut TenantTx<'_>, member: Member) -> Result<Member, StoreError> {
    for sql in [
        "UPDATE member SET given_name = '', family_name = '', sort_name = '', email = '', locale = '', picture = NULL,
             request_text = '', requested_at = NULL, decided_at = NULL, decided_by = NULL, decision_reason = NULL,
             last_sign_in = NULL, provider = NULL, kept_by = NULL, switched_version = 0, switched_at = NULL,
             switch_told_at = NULL, compromised = FALSE, preset_subject = NULL, break_glass = FALSE,
             reset_at = NULL
         WHERE tenant_id = $1 AND id = $2",
        "DELETE FROM member_word WHERE tenant_id = $1 AND member_id = $2",
        "DELETE FROM member_role WHERE tenant_id = $1 AND member_id = $2",
        "DELETE FROM member_group WHERE tenant_id = $1 AND member_id = $2",
        "DELETE FROM member_field WHERE tenant_id = $1 AND member_id = $2",
        "DELETE FROM invitation WHERE tenant_id = $1 AND member_id = $2 AND due_at IS NULL",
        // Who comes back is asked anew.
        "DELETE FROM terms_acceptance WHERE tenant_id = $1 AND member_id = $2",
        "DELETE FROM member_view WHERE tenant_id = $1 AND owner_id = $2 AND NOT shared",
        "DELETE FROM session WHERE tenant_id = $1 AND member_id = $2",
        "DELETE FROM import_line WHERE tenant_id = $1 AND member_id = $2",
        // Who they were at a provider, and what was said to them.
        r#"UPDATE batch_item SET deed = NULL, undo = NULL WHERE tenant_id = $1 AND member_id = $2 AND batch_id IN
             (SELECT id FROM batch WHERE tenant_id = $1 AND deed LIKE '{"deed":"switch"%')"#,
        r#"UPDATE batch SET deed = '{"deed":"reject","reason":""}' WHERE tenant_id = $1 AND ended_at IS NOT NULL
             AND deed LIKE '{"deed":"reject"%' AND EXISTS (SELECT 1 FROM batch_item i
                 WHERE i.tenant_id = $1 AND i.batch_id = batch.id AND i.member_id = $2)"#,
        // Whom somebody looked for may be told by their name. Once they are gathered, nothing looks for them any more.
        "UPDATE batch SET search = NULL WHERE tenant_id = $1 AND state <> 'gathering' AND search <> ''
             AND EXISTS (SELECT 1 FROM batch_item i
                 WHERE i.tenant_id = $1 AND i.batch_id = batch.id AND i.member_id = $2)",
    ] {
        tx.execute(sql, params![member.id]).await?;
    }
    audit::forget(tx, "member", &member.id.to_string()).await?;
    Ok(Member {
        given_name: String::new(),
        family_name: String::new(),
        email: String::new(),
        locale: String::new(),
        picture: None,
        request_text: String::new(),
        requested_at: None,
        decided_at: None,
        decided_by: None,
        decision_reason: None,
        last_sign_in: None,
        provider: None,
        kept_by: None,
        switched_version: 0,
        switched_at: None,
        switch_told_at: None,
        compromised: false,
        preset_subject: None,
        break_glass: false,
        reset_at: None,
        ..member
    })
}
