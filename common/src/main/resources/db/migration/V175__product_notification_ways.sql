-- How far each way of telling a user has come, by itself: a mail that is sent is not sent again because the webhook was away.
-- pending: to be done. sent. off: the user does not want it this way, or a digest tells of it. refused: not taken, and not tried again.
ALTER TABLE product_notification
    ADD COLUMN mail_state    text    NOT NULL DEFAULT 'pending' CHECK (mail_state IN ('pending', 'sent', 'off', 'refused')),
    ADD COLUMN webhook_state text    NOT NULL DEFAULT 'pending' CHECK (webhook_state IN ('pending', 'sent', 'off', 'refused')),
    ADD COLUMN mail_tries    integer NOT NULL DEFAULT 0,
    ADD COLUMN webhook_tries integer NOT NULL DEFAULT 0,
    -- When its job comes again. Long past and still pending: the job was lost to an outage, and another one is made.
    ADD COLUMN next_try_at   timestamptz;

UPDATE product_notification SET
    mail_state = CASE WHEN mail_sent_at IS NOT NULL THEN 'sent' WHEN state = 'refused' THEN 'refused' ELSE 'off' END,
    webhook_state = CASE WHEN webhook_sent_at IS NOT NULL THEN 'sent' WHEN state = 'refused' THEN 'refused' ELSE 'off' END
WHERE state <> 'pending';
