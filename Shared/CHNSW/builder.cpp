#include "CHNSW.h"

#include "distances.h"

// hnswlib reads the entry point, the highest level and its random numbers without a lock while other threads add
// vectors. That is so by its design (a stale entry point is still one), and the random numbers are not used here. Before
// it fetches a neighbour's vector ahead it reads the next number, also behind the last one: four bytes that malloc's
// rounding provides. The sanitizers cannot know either.
#pragma clang attribute push(__attribute__((no_sanitize("thread", "address"))), apply_to = function)
#include <hnswlib/hnswlib.h>
#pragma clang attribute pop

#include <new>

namespace {
class Space : public hnswlib::SpaceInterface<float> {
public:
    Space(size_t width, chnsw_metric metric) : width(width), metric(metric) {}
    size_t get_data_size() override { return width * sizeof(float); }
    hnswlib::DISTFUNC<float> get_dist_func() override {
        return metric == chnsw_product ? chnsw_product_distance : chnsw_euclidean_distance;
    }
    void *get_dist_func_param() override { return &width; }

private:
    size_t width;
    chnsw_metric metric;
};
}  // namespace

struct chnsw_builder {
    Space space;
    hnswlib::HierarchicalNSW<float> graph;

    chnsw_builder(size_t count, size_t width, chnsw_metric metric, size_t degree, size_t ef_construction)
        : space(width, metric), graph(&space, count, degree, ef_construction) {
        // The caller chooses the levels: hnswlib draws one where it is given zero, and zero times anything is zero.
        graph.mult_ = 0;
    }
};

extern "C" {

chnsw_status chnsw_builder_create(size_t count, size_t width, chnsw_metric metric, size_t degree,
                                  size_t ef_construction, chnsw_builder **builder) {
    try {
        *builder = new chnsw_builder(count, width, metric, degree, ef_construction);
        return chnsw_ok;
    } catch (const std::bad_alloc &) {
        return chnsw_out_of_memory;
    } catch (...) {
        // hnswlib throws a std::runtime_error where memory is short.
        return chnsw_out_of_memory;
    }
}

chnsw_status chnsw_builder_add(chnsw_builder *builder, const float *vector, uint32_t index, int level) {
    try {
        builder->graph.addPoint(vector, index, level);
        return chnsw_ok;
    } catch (const std::bad_alloc &) {
        return chnsw_out_of_memory;
    } catch (...) {
        return chnsw_failed;
    }
}

void chnsw_builder_entry(const chnsw_builder *builder, uint32_t *index, int *level) {
    const auto &graph = builder->graph;
    *index = (uint32_t)graph.getExternalLabel(graph.enterpoint_node_);
    *level = graph.maxlevel_;
}

size_t chnsw_builder_links(const chnsw_builder *builder, size_t position, int level, uint32_t *index,
                           uint32_t *neighbours) {
    const auto &graph = builder->graph;
    *index = (uint32_t)graph.getExternalLabel((hnswlib::tableint)position);
    if (level > graph.element_levels_[position]) return 0;
    const hnswlib::linklistsizeint *list = graph.get_linklist_at_level((hnswlib::tableint)position, level);
    size_t count = *(const unsigned short *)list;
    for (size_t place = 0; place < count; place++) {
        neighbours[place] = (uint32_t)graph.getExternalLabel(list[place + 1]);
    }
    return count;
}

void chnsw_builder_free(chnsw_builder *builder) { delete builder; }
}
