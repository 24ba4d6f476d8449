/* blocks.c - see blocks.h. */
#include "blocks.h"

#include "pages.h"

/* -- records ---------------------------------------------------------------------- */

/* The records of a shelf, and the shelves; one is mapped when the one before is
 * full. */
enum { SHELF = 1024, SHELVES = 4096 };

static _Atomic(struct block *) shelves[SHELVES];
static _Atomic block_id made;
static struct block_stack spare;

struct block *block_of(block_id id)
{
    return &atomic_load_explicit(&shelves[id / SHELF],
                                 memory_order_acquire)[id % SHELF];
}

block_id blocks_count(void)
{
    return atomic_load(&made);
}

/* Returns the memory that a slot points to: what is there, or `bytes` of new memory. */
static void *fill_slot(_Atomic(void *) *slot, size_t bytes)
{
    void *there = atomic_load_explicit(slot, memory_order_acquire);
    if (there) {
        return there;
    }
    bytes = pages_round_up(bytes, pages_size());
    void *fresh = pages_map(bytes, pages_size());
    if (fresh && !atomic_compare_exchange_strong(slot, &there, fresh)) {
        pages_unmap(fresh, bytes); /* another thread was first */
        return there;
    }
    return fresh;
}

/* Returns a record that was never used; 0: there can be no more. */
static block_id make_record(void)
{
    block_id last = atomic_load(&made);
    do {
        if (last + 1 >= (block_id)SHELF * SHELVES ||
            !fill_slot((_Atomic(void *) *)&shelves[(last + 1) / SHELF],
                       SHELF * sizeof(struct block))) {
            return 0;
        }
    } while (!atomic_compare_exchange_weak(&made, &last, last + 1));
    return last + 1;
}

/* -- by address ------------------------------------------------------------------- */

/*
 * Two levels: addresses have 48 bits at most (more only for a program that asks for
 * it), and a leaf has a number for each 4 KiB of 1 GiB.  Both are touched only where
 * there are blocks: 4 KiB of leaf for 4 MiB of memory.
 */
enum { ADDRESS_BITS = 48, LEAF_BITS = 30, UNIT_BITS = 12 };
#define LEAF_ENTRIES ((size_t)1 << (LEAF_BITS - UNIT_BITS))

static _Atomic(_Atomic block_id *) leaves[1 << (ADDRESS_BITS - LEAF_BITS)];

static inline size_t entry_in_leaf(uintptr_t address)
{
    return address >> UNIT_BITS & (LEAF_ENTRIES - 1);
}

block_id blocks_find(const void *pointer)
{
    const uintptr_t address = (uintptr_t)pointer;
    if (address >> ADDRESS_BITS) {
        return 0;
    }
    _Atomic block_id *leaf =
        atomic_load_explicit(&leaves[address >> LEAF_BITS], memory_order_acquire);
    return leaf ? atomic_load_explicit(&leaf[entry_in_leaf(address)],
                                       memory_order_acquire)
                : 0;
}

static bool enter(uintptr_t address, block_id id)
{
    if (address >> ADDRESS_BITS) {
        return false;
    }
    _Atomic block_id *leaf = fill_slot((_Atomic(void *) *)&leaves[address >> LEAF_BITS],
                                       LEAF_ENTRIES * sizeof *leaf);
    if (leaf) {
        atomic_store_explicit(&leaf[entry_in_leaf(address)], id, memory_order_release);
    }
    return leaf != NULL;
}

/* -- the life of a record --------------------------------------------------------- */

block_id blocks_add(void *start)
{
    block_id id = blocks_pop(&spare);
    if (id == 0) {
        id = make_record();
    }
    if (id && !enter((uintptr_t)start, id)) {
        blocks_push(&spare, id);
        return 0;
    }
    if (id) {
        atomic_store(&block_of(id)->idle, false);
        atomic_store(&block_of(id)->start, (uintptr_t)start);
    }
    return id;
}

void blocks_hide(block_id id)
{
    enter(atomic_load(&block_of(id)->start), 0);
}

void blocks_retire(block_id id)
{
    atomic_store(&block_of(id)->start, 0);
    blocks_push(&spare, id);
}

/* -- stacks ----------------------------------------------------------------------- */

#define ID(head) ((block_id)(head))
#define NEXT_HEAD(head, id) (((head) >> 32) + 1) << 32 | (id)

void blocks_push(struct block_stack *stack, block_id id)
{
    uint64_t head = atomic_load(&stack->head);
    do {
        atomic_store_explicit(&block_of(id)->next, ID(head), memory_order_relaxed);
    } while (!atomic_compare_exchange_weak(&stack->head, &head, NEXT_HEAD(head, id)));
}

/* While `next` of the block on top is read here, the block may go to another thread and
 * come back; then the count of changes differs. */
block_id blocks_pop(struct block_stack *stack)
{
    uint64_t head = atomic_load(&stack->head);
    while (ID(head)) {
        const block_id next =
            atomic_load_explicit(&block_of(ID(head))->next, memory_order_relaxed);
        if (atomic_compare_exchange_weak(&stack->head, &head, NEXT_HEAD(head, next))) {
            return ID(head);
        }
    }
    return 0;
}

block_id blocks_pop_all(struct block_stack *stack)
{
    uint64_t head = atomic_load(&stack->head);
    while (!atomic_compare_exchange_weak(&stack->head, &head, NEXT_HEAD(head, 0))) {
    }
    return ID(head);
}
