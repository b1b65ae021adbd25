#ifndef C_XGBOOST_SHIM_H
#define C_XGBOOST_SHIM_H
#include <xgboost/c_api.h>
#endif
