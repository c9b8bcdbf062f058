"""What the performer does with the outage queue: holds it, takes out of it, tells it that the service answered."""

from __future__ import annotations

from kiosk.flow import effects as do
from kiosk.flow import events as ev
from tests.kiosk.test_performer import ITEMS, Hands, KeptQueue


async def test_the_queue_is_held_and_what_was_taken_back_is_taken_out() -> None:
    hands, queue = Hands(), KeptQueue()
    hands.restart(queue=queue)
    hands.performer.perform(do.QueueLater(1, "four_items", ITEMS))
    hands.performer.perform(do.WithdrawLater(1))
    hands.performer.perform(do.HoldQueue(1))
    await hands.performer.close()
    assert (queue.put_in, queue.held) == ([], 1)


async def test_the_queue_hears_of_each_question_that_the_service_answered_and_of_no_other() -> None:
    hands, queue = Hands(), KeptQueue()
    hands.restart(queue=queue)
    hands.outside.client.down = True
    hands.performer.perform(do.AskByFourItems(1, ITEMS))
    await hands.answer(ev.ServiceFailed)
    assert queue.told == 0
    hands.outside.client.down = False
    hands.performer.perform(do.AskByFourItems(1, ITEMS))
    await hands.answer(ev.Answered)
    assert queue.told == 1
    await hands.performer.close()
